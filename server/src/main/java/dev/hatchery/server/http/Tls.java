package dev.hatchery.server.http;

import dev.hatchery.core.Secret;
import java.nio.file.Path;

/** A PKCS#12 file with the server's key and certificates. */
public record Tls(Path keystore, Secret passphrase) {}
