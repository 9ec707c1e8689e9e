package dev.hatchery.server.http;

import dev.hatchery.core.DeviceId;

/** Who sent a request, as far as it was proved. */
public sealed interface Caller {
  /** As audit records and logs name it. */
  String name();

  /** Someone unknown. */
  record Anyone() implements Caller {
    @Override
    public String name() {
      return "anyone";
    }
  }

  /** An enrolled device. */
  record Device(DeviceId id) implements Caller {
    @Override
    public String name() {
      return "device:" + id;
    }
  }

  /** Another updater, with a token that opens nothing but permits. */
  record Updater(String token) implements Caller {
    @Override
    public String name() {
      return "updater:" + token;
    }
  }

  /** A person or a pipeline with an operator token. */
  record Operator(String token) implements Caller {
    @Override
    public String name() {
      return "operator:" + token;
    }
  }
}
