package dev.hatchery.lab.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each rule of the observer, by the commit that breaks it. */
final class ObserverTest {
  private final Findings findings = new Findings(new Timeline());
  private final Observer observer = new Observer(findings);

  private static CommitLog.RolloutChange change(
      long before, long version, String from, String to, long stageBefore, long stage) {
    return new CommitLog.RolloutChange(
        "r-1", before, version, from, to, stageBefore, stage, false, false);
  }

  private static CommitLog.RolloutChange aborts(
      long before, String from, String to, boolean abortedBefore, boolean aborted) {
    return new CommitLog.RolloutChange(
        "r-1", before, before + 1, from, to, 0, 0, abortedBefore, aborted);
  }

  private int count(Violation violation) {
    return findings.counts().getOrDefault(violation, 0);
  }

  @Test
  void anOrdinaryRolloutIsFine() {
    observer.rollout(change(1, 2, "RUNNING", "RUNNING", 0, 0));
    observer.rollout(change(2, 3, "RUNNING", "RUNNING", 0, 1));
    observer.rollout(change(3, 4, "RUNNING", "PAUSED", 1, 1));
    observer.rollout(change(4, 5, "PAUSED", "RUNNING", 1, 1));
    observer.rollout(change(5, 6, "RUNNING", "COMPLETED", 1, 1));
    observer.member(new CommitLog.MemberChange("r-1", "cam-1", "r-1/1", "ordered", "failed"));
    observer.desired(new CommitLog.DesiredChange("cam-1", 1, 1, 4, 5));
    observer.desired(new CommitLog.DesiredChange("cam-1", 1, 2, 5, 1));

    assertThat(findings.told()).isEmpty();
  }

  @Test
  void twoDecisionsFromOneVersionAreADoubleAdvance() {
    observer.rollout(change(1, 2, "RUNNING", "RUNNING", 0, 1));
    observer.rollout(change(2, 2, "RUNNING", "RUNNING", 1, 1));

    assertThat(count(Violation.DOUBLE_ADVANCE)).isEqualTo(1);
  }

  @Test
  void aStageThatIsLeftTwiceIsADoubleAdvance() {
    observer.rollout(change(1, 2, "RUNNING", "RUNNING", 0, 1));
    observer.rollout(change(2, 3, "RUNNING", "RUNNING", 0, 1));

    assertThat(count(Violation.DOUBLE_ADVANCE)).isEqualTo(1);
  }

  @Test
  void aStageThatIsSkippedIsADoubleAdvance() {
    observer.rollout(change(1, 2, "RUNNING", "RUNNING", 0, 2));

    assertThat(count(Violation.DOUBLE_ADVANCE)).isEqualTo(1);
  }

  @Test
  void anAbortThatIsForgottenIsLost() {
    observer.rollout(aborts(1, "RUNNING", "ROLLING_BACK", false, true));
    observer.rollout(aborts(2, "ROLLING_BACK", "ROLLING_BACK", true, false));

    assertThat(count(Violation.LOST_ABORT)).isEqualTo(1);
  }

  @Test
  void aRolloutThatRunsAgainAfterItsAbortHasLostIt() {
    observer.rollout(aborts(1, "RUNNING", "ROLLING_BACK", false, true));
    observer.rollout(aborts(2, "ROLLING_BACK", "RUNNING", true, true));

    assertThat(count(Violation.LOST_ABORT)).isEqualTo(1);
    assertThat(count(Violation.ILLEGAL_TRANSITION)).isEqualTo(1);
  }

  @Test
  void whatIsOverStaysAsItEnded() {
    observer.rollout(change(1, 2, "ROLLED_BACK", "COMPLETED", 1, 1));
    observer.rollout(change(2, 3, "COMPLETED", "ROLLING_BACK", 1, 1));

    assertThat(count(Violation.ILLEGAL_TRANSITION)).isEqualTo(2);
  }

  @Test
  void aStageDoesNotFall() {
    observer.rollout(change(1, 2, "RUNNING", "RUNNING", 1, 0));

    assertThat(count(Violation.ILLEGAL_TRANSITION)).isEqualTo(1);
  }

  @Test
  void aMemberThatIsBackIsNotOrderedAgain() {
    observer.member(new CommitLog.MemberChange("r-1", "cam-1", "r-1/2", "rolled-back", "ordered"));

    assertThat(count(Violation.ILLEGAL_TRANSITION)).isEqualTo(1);
  }

  @Test
  void aMemberThatCountsWithoutProofIsAFalseSuccess() {
    observer.member(new CommitLog.MemberChange("r-1", "cam-1", "r-1/1", "ordered", "confirmed"));

    assertThat(count(Violation.FALSE_SUCCESS)).isEqualTo(1);
  }

  @Test
  void aCounterThatStaysIsIllegal() {
    observer.desired(new CommitLog.DesiredChange("cam-1", 1, 1, 5, 5));

    assertThat(count(Violation.ILLEGAL_TRANSITION)).isEqualTo(1);
  }
}
