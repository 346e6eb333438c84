// A stored record cannot be read; the message names the record and what was expected.
namespace Majlis.Feedback.Store;

public sealed class CorruptRecordException(string record, string expected)
    : Exception($"The stored record {record} is damaged: {expected}.");
