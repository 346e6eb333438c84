// Whether a vote stands, for tests that do not ask whether it was new.
using Majlis.Feedback.Votes;

namespace Majlis.tests.Support;

public static class Receipts
{
    public static bool Accepted(this VoteReceipt receipt) => receipt.Outcome is VoteOutcome.Stored or VoteOutcome.Repeated;
}
