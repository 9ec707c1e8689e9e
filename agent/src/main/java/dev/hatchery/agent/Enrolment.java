package dev.hatchery.agent;

import dev.hatchery.agent.api.DeviceApi;
import dev.hatchery.agent.api.Identity;
import dev.hatchery.agent.config.AgentConfig;
import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.StateFile;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joining the fleet, once for each enrolment file. The key was made before and stays, so a second
 * try, also by an agent that was killed in the middle of the first, is the same device.
 */
final class Enrolment {
  private final StateFile<Done> file;
  private final Done wanted;
  private final EnrolRequest request;
  // Written by the poller, read by the reporter.
  private volatile boolean done;

  private record Done(DeviceId device, String server, Digest token) {
    static final Codec<Done> CODEC =
        new Codec<>(
            d ->
                Tree.object()
                    .put("device", d.device)
                    .put("server", d.server)
                    .put("token", d.token)
                    .done(),
            node ->
                Fields.read(
                    node,
                    f ->
                        new Done(
                            f.parsed("device", DeviceId::new),
                            f.text("server"),
                            f.parsed("token", Digest::parse))));
  }

  Enrolment(
      Disk disk,
      Layout layout,
      AgentConfig config,
      EnrolmentFile enrolment,
      Identity identity,
      DeviceFacts facts) {
    this.file = new StateFile<>(disk, layout.state().resolve("enrolled.json"), Done.CODEC);
    this.wanted =
        new Done(config.device(), enrolment.server().toString(), enrolment.token().hash());
    this.request =
        new EnrolRequest(
            enrolment.token(),
            config.device(),
            identity.key().publicKey(),
            config.labels(),
            facts,
            channels(config));
    this.done = file.read().value().filter(wanted::equals).isPresent();
  }

  private static Map<Name, Name> channels(AgentConfig config) {
    Map<Name, Name> channels = new TreeMap<>();
    config.slots().forEach((slot, c) -> channels.put(slot, c.channel()));
    return channels;
  }

  boolean done() {
    return done;
  }

  /** Asks the server; a Refusal says why it did not work. */
  void enrol(DeviceApi api) throws InterruptedException {
    api.enrol(request);
    file.write(wanted);
    done = true;
  }
}
