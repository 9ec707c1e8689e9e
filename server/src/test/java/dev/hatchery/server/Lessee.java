package dev.hatchery.server;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import dev.hatchery.wire.Wire;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A device that asks for leases. */
record Lessee(Device device, Order order, Digest blob) {
  private static final DataSize MAX = DataSize.kib(16);

  LeaseAnswer ask(long bytes) {
    return answer(
        post("/device/v1/leases", Wire.LEASE_REQUEST.bytes(request(order.commandId(), bytes))));
  }

  LeaseAnswer.Granted granted(long bytes) {
    LeaseAnswer answer = ask(bytes);
    if (answer instanceof LeaseAnswer.Granted granted) return granted;
    throw new AssertionError(device.id + " got " + answer);
  }

  LeaseAnswer.Wait waits(long bytes) {
    LeaseAnswer answer = ask(bytes);
    if (answer instanceof LeaseAnswer.Wait wait) return wait;
    throw new AssertionError(device.id + " got " + answer);
  }

  /** As a device whose peers are off. */
  LeaseAnswer asksAlone(long bytes) {
    return answer(
        rawAsk(new LeaseRequest(Fleet.SLOT, order.commandId(), blob, bytes, false, false)));
  }

  LeaseRequest request(String command, long bytes) {
    return new LeaseRequest(Fleet.SLOT, command, blob, bytes, false, true);
  }

  HttpResponse<String> rawAsk(LeaseRequest request) {
    return post("/device/v1/leases", Wire.LEASE_REQUEST.bytes(request));
  }

  HttpResponse<String> rawUse(String lease, long bytes, boolean done) {
    return post("/device/v1/leases/" + lease, Wire.LEASE_USE.bytes(new LeaseUse(bytes, done)));
  }

  LeaseAnswer renew(LeaseAnswer.Granted lease, long bytes) {
    return answer(rawUse(lease.lease(), bytes, false));
  }

  static Refusal.Problem problem(HttpResponse<String> answer) {
    return Wire.PROBLEM.parse(answer.body().getBytes(StandardCharsets.UTF_8), MAX, "problem");
  }

  private HttpResponse<String> post(String path, byte[] body) {
    return device.post(path, body, Optional.of(device.token()));
  }

  private static LeaseAnswer answer(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    return Wire.LEASE_ANSWER.parse(answer.body().getBytes(StandardCharsets.UTF_8), MAX, "answer");
  }
}
