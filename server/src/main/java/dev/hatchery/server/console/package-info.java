/**
 * The console page: files of this program, served as they are, under a policy that lets a browser
 * run nothing else. The page asks for the operator token itself and uses the operator API like
 * everyone.
 */
@NullMarked
package dev.hatchery.server.console;

import org.jspecify.annotations.NullMarked;
