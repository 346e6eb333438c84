// Another's work blocks a round; the message names the place and the way out.
namespace Majlis.Trainer.Rounds;

public sealed class RoundConflictException(string message, Exception? inner = null) : Exception(message, inner);
