package dev.hatchery.wire;

import dev.hatchery.core.Secret;
import java.time.Duration;

/** {@code POST /device/v1/token}: a bearer token, checked when a request starts. */
public record TokenAnswer(Secret accessToken, Duration expiresIn) {}
