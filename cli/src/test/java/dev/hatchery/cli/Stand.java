package dev.hatchery.cli;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.client.api.OperatorClient;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.server.Options;
import dev.hatchery.server.Server;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A real server that is ready for devices, and an operator's command line beside it. */
final class Stand implements AutoCloseable {
  private static final Map<Name, Name> SLOTS = Map.of(new Name("vision"), new Name("stable"));

  /** What a command printed, and how it ended. */
  record Outcome(int status, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private final Server server;

  Stand(Path folder) {
    var options =
        new Options(
            folder.resolve("srv"),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(60),
            Duration.ZERO,
            Duration.ofHours(24),
            false);
    server = Server.start(options, Clock.systemUTC(), new SecureRandom());
    String keys = folder.resolve("keys").toString();
    for (String name : List.of("root", "release", "policy")) {
      must("keys", "new", name, "--dir", keys);
    }
    must("director", "-o", keys + "/director.pub");
    must(
        Stream.of(
                List.of("trust", "new", "--root", keys + "/root.pem"),
                List.of("--release", keys + "/release.pub", "--policy", keys + "/policy.pub"),
                List.of("--director", keys + "/director.pub", "-o", keys + "/trust.json"))
            .flatMap(List::stream)
            .toArray(String[]::new));
    must("trust", "load", keys + "/trust.json");
  }

  /** A device that has joined. */
  void enrol(String id, Map<String, String> labels) {
    SigningKey key = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);
    try (var operator =
            new OperatorClient(
                server.address(), server.newToken().orElseThrow(), Optional.empty());
        var http = HttpClient.newHttpClient()) {
      var file = operator.enrolmentToken(new EnrolmentTokenRequest(1, Duration.ofHours(1))).file();
      var request =
          new EnrolRequest(
              file.token(),
              new DeviceId(id),
              key.publicKey(),
              new Labels(labels),
              DeviceFacts.UNKNOWN,
              SLOTS);
      Envelope envelope = Dsse.sign(Envelope.ENROL, Wire.ENROL_REQUEST.bytes(request), key);
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(server.address() + "/device/v1/enroll"))
                  .POST(BodyPublishers.ofByteArray(Wire.ENVELOPE.bytes(envelope)))
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A command that is expected to be carried out. */
  Outcome must(String... command) {
    Outcome outcome = run(command);
    if (outcome.status != 0) throw new AssertionError(outcome.err);
    return outcome;
  }

  Outcome run(String... command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(
                "HATCHERY_SERVER",
                server.address().toString(),
                "HATCHERY_TOKEN",
                server.newToken().orElseThrow().reveal()),
            command);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.close();
  }
}
