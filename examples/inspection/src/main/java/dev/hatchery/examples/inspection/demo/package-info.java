/**
 * The demo: the whole story on one machine, with real parts. It types the commands a person would
 * type, starts the server, the agents and the inference services as processes of their own, and
 * keeps them alive as systemd would.
 *
 * <p>{@link dev.hatchery.examples.inspection.demo.Demo} tells the story; everything it shows comes
 * from the operator API or from what the commands print.
 */
@NullMarked
package dev.hatchery.examples.inspection.demo;

import org.jspecify.annotations.NullMarked;
