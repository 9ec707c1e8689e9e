/**
 * What operators say of devices, many at a time: labels as a sheet, out and in, and the zones of
 * sites.
 *
 * <p>{@link dev.hatchery.server.labels.LabelRoutes} is the door. A sheet is read strictly and whole
 * before anything is written; it changes all that it says, or nothing.
 */
@NullMarked
package dev.hatchery.server.labels;

import org.jspecify.annotations.NullMarked;
