package dev.hatchery.wire;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.Secret;
import dev.hatchery.core.TrustedKey;
import java.util.Map;

/**
 * {@code POST /device/v1/enroll}, inside an envelope that the new key signs: proof that the sender
 * holds it.
 *
 * @param slots what the device offers: slot to the channel it follows there
 */
public record EnrolRequest(
    Secret token,
    DeviceId device,
    TrustedKey key,
    Labels labels,
    DeviceFacts facts,
    Map<Name, Name> slots) {}
