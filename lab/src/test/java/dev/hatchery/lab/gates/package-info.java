/** Tests of the lab, and by it of the gates. */
@NullMarked
package dev.hatchery.lab.gates;

import org.jspecify.annotations.NullMarked;
