/**
 * The registry: bundles by digest, kept as an OCI image layout and served by the OCI distribution
 * API, so that other people's tools read the folder and speak to the server.
 *
 * <p>{@link dev.hatchery.registry.FolderStore} keeps a {@link dev.hatchery.registry.ContentStore}
 * in a folder: a blob is visible whole and durable, or not at all. {@link
 * dev.hatchery.registry.OciApi} answers requests from it and knows no web server: an adapter turns
 * one into an {@link dev.hatchery.registry.OciRequest} and sends back the {@link
 * dev.hatchery.registry.OciResponse}. Who may do what is the adapter's {@link
 * dev.hatchery.registry.Access}. {@link dev.hatchery.registry.RegistryReader} reads a bundle back
 * for the server. A release's tag never moves, whoever asks.
 */
@NullMarked
package dev.hatchery.registry;

import org.jspecify.annotations.NullMarked;
