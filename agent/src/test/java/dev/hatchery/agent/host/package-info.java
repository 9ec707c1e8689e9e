@NullMarked
package dev.hatchery.agent.host;

import org.jspecify.annotations.NullMarked;
