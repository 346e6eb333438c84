// Training data that cannot be used; the message names the file and the line.
namespace Majlis.Trainer.Data;

public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner);
