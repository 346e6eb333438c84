// The vote store cannot be reached or cannot promise durability; the message says which, and what helps.
namespace Majlis.Feedback.Store;

public sealed class FeedbackUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
