package dev.hatchery.server.db;

/** An operation's part of a transaction. It belongs to the writer's thread and ends with it. */
public interface Tx extends Rows {
  /**
   * Runs an INSERT, UPDATE or DELETE.
   *
   * @return the number of rows it touched
   */
  int run(String sql, Object... params);

  /**
   * Runs once the transaction is on disk, on the writer's thread and before the caller hears of it;
   * never when it is not. It must be short: it keeps memory in step with the disk.
   */
  void afterCommit(Runnable action);
}
