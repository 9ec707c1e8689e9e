@NullMarked
package dev.hatchery.client.oci;

import org.jspecify.annotations.NullMarked;
