package dev.hatchery.agent.report;

import dev.hatchery.core.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Windows that no report has taken yet. Slots add, the reporter takes. When there are too many,
 * every second one of the older half goes: what happened long ago is then known more coarsely,
 * instead of not at all.
 */
public final class WindowBuffer {
  private static final int MAX = 512;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Window> windows = new ArrayList<>();

  public void add(Window window) {
    lock.lock();
    try {
      windows.add(window);
      if (windows.size() > MAX) thin();
    } finally {
      lock.unlock();
    }
  }

  private void thin() {
    for (int i = MAX / 2 - 1; i >= 0; i -= 2) windows.remove(i);
  }

  int size() {
    lock.lock();
    try {
      return windows.size();
    } finally {
      lock.unlock();
    }
  }

  /** The oldest ones; they stay until {@link #taken}. */
  List<Window> oldest(int max) {
    lock.lock();
    try {
      return List.copyOf(windows.subList(0, Math.min(max, windows.size())));
    } finally {
      lock.unlock();
    }
  }

  /** These are in a report now. */
  void taken(List<Window> reported) {
    lock.lock();
    try {
      windows.removeAll(reported);
    } finally {
      lock.unlock();
    }
  }
}
