// The engine's refusals. Each message is for the person who sent the request.
namespace Majlis.Inference;

/// <summary>The queue is full: try again soon.</summary>
public sealed class EngineBusyException(int limit)
    : Exception($"The server is busy: {limit} requests are running or waiting already. Try again in a moment.");

/// <summary>The engine takes no more requests, or was stopped while this one ran.</summary>
public sealed class EngineStoppedException() : Exception("The server is shutting down.");

/// <summary>The request can never run, or not to its end; <see cref="Problem"/> names the field.</summary>
public sealed class RequestRefusedException(OptionProblem problem) : Exception(problem.Message)
{
    public OptionProblem Problem => problem;
}

/// <summary>The prompt leaves no room for an answer.</summary>
public sealed class PromptTooLongException(int promptTokens, int maxContext)
    : Exception($"The prompt has {promptTokens} tokens; prompt and answer together may have {maxContext}.");

/// <summary>Computing failed: the sequence is lost, the engine goes on.</summary>
public sealed class GenerationFailedException(string message, Exception cause) : Exception(message, cause);

/// <summary>The reader let its buffer stay full; the buffered pieces can still be read.</summary>
public sealed class ReplyUnreadException(TimeSpan patience)
    : Exception($"The answer was ended because it was not read: its buffer stood full for {patience.TotalSeconds:0.#} seconds.");
