package dev.hatchery.server;

import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Bytes;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.deltas.Maker;
import java.nio.file.Path;

/**
 * What a server stands on.
 *
 * @param accessSecret behind devices' access tokens
 * @param scratch where patches grow
 */
record Ground(
    Db db,
    FolderStore content,
    SigningKey director,
    Signatures signatures,
    Bytes accessSecret,
    Path scratch,
    Maker maker) {}
