// Texts of one client on their way through the encoder, and their vectors as they come. Completed by the encoder's thread alone.
namespace Majlis.Inference.Sentences;

sealed class EncodingRequest(IReadOnlyList<int[]> texts, IReadOnlyList<int[]>? types, CancellationToken cancellation)
{
    readonly TaskCompletionSource<float[][]> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly float[][] vectors = new float[texts.Count][];
    int left = texts.Count;

    public IReadOnlyList<int[]> Texts => texts;

    public IReadOnlyList<int[]>? Types => types;

    public Task<float[][]> Result => result.Task;

    /// <summary>Nobody waits for the rest: the client has gone, or a part of it failed.</summary>
    public bool IsOver => cancellation.IsCancellationRequested || result.Task.IsCompleted;

    public void Set(int text, float[] vector)
    {
        vectors[text] = vector;
        if (--left == 0) result.TrySetResult(vectors);
    }

    public void Fail(Exception error) => result.TrySetException(error);

    public void Cancel() => result.TrySetCanceled(cancellation);
}
