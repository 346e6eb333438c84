// Somebody else's work is in the way of a round; the message names the place and the way out.
namespace Majlis.Trainer.Rounds;

public sealed class RoundConflictException(string message, Exception? inner = null) : Exception(message, inner);
