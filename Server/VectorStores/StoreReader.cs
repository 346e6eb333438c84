// Reads the files of vector stores in the background, one after another: cuts them into passages and has their vectors computed, behind
// what clients ask for. After a restart it goes on with those that were not read.
using System.Runtime.InteropServices;
using System.Text;
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Rag;
using Majlis.Server.Files;
using Majlis.Server.Models;
using Majlis.Server.Operations;

namespace Majlis.Server.VectorStores;

sealed class StoreReader(StoreRecords stores, FileStore files, EncoderModels encoders, LiveModel live, TimeProvider time,
    ILogger<StoreReader> log) : BackgroundService
{
    const int Priority = 1_000_000, MostPassages = 20_000;

    static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    /// <summary>After so long a file is read again whose state could not be written.</summary>
    static readonly TimeSpan pause = TimeSpan.FromSeconds(10);

    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly SemaphoreSlim wake = new(0);

    /// <summary>There is a file to read.</summary>
    public void Wake() => wake.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        files.Deleted += stores.Forget;
        await Task.Yield();
        await RenewAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var next = new CancellationTokenSource(await ReadAllAsync(stoppingToken) ? Timeout.InfiniteTimeSpan : pause, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(next.Token, stoppingToken);
            await wake.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False where something could not be written down.</summary>
    async Task<bool> ReadAllAsync(CancellationToken stop)
    {
        try
        {
            foreach (var (store, file) in stores.Unread())
                if (stores.Find(store) is { } found && found.File(file) is { } wanted) await ReadAsync(found, wanted, stop);
            return true;
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            log.StoreNotWritten(full.Message);
            return false;
        }
    }

    /// <summary>Makes the vectors anew that another encoder made; until then such passages are found by their words.</summary>
    async Task RenewAsync(CancellationToken stop)
    {
        if (encoders.OfTexts is not { } encoder) return;
        foreach (var (store, file) in stores.Completed())
            try
            {
                await RenewAsync(encoder, store, file, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
            {
                log.StoreNotWritten($"{file.FileId} in {store}: {wrong.Message}");
            }
    }

    async Task RenewAsync(SentenceEncoder encoder, string store, StoreFile file, CancellationToken stop)
    {
        if (stores.Passages(store, file.FileId) is not { } old || old.Encoder == encoder.Model.WeightsHash) return;
        var vectors = await VectorsAsync(encoder, [.. old.Passages.Select(passage => passage.Text)], stop);
        StorePassages.Write(stores.Folder, store, file.FileId, new(encoder.Model.WeightsHash,
            [.. old.Passages.Select((passage, i) => passage with { Vector = Bytes(vectors[i]) })]));
        // A changed list of files is what searches look at.
        stores.Change(store, now => now.File(file.FileId) is { } kept ? now.With(kept) : now);
    }

    static byte[] Bytes(float[] vector) => MemoryMarshal.AsBytes(vector.AsSpan()).ToArray();

    async Task ReadAsync(StoredVectorStore store, StoreFile file, CancellationToken stop)
    {
        StoreFile done;
        try
        {
            var passages = await PassagesAsync(store, file, stop);
            StorePassages.Write(stores.Folder, store.Id, file.FileId, passages);
            var bytes = passages.Passages.Sum(passage => (long)Encoding.UTF8.GetByteCount(passage.Text) + passage.Vector.Length);
            done = file with { Status = StoreFile.Completed, Bytes = bytes };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception wrong)
        {
            var code = wrong is InvalidDataException ? "unsupported_file" : "server_error";
            done = file with { Status = StoreFile.Failed, Error = new(code, wrong.Message) };
        }
        // The file may have been taken out, given other attributes or added anew meanwhile.
        var kept = false;
        stores.Change(store.Id, now =>
        {
            kept = now.File(file.FileId) is { Status: StoreFile.InProgress } still && still.Chunking == file.Chunking;
            return kept ? now.With(now.File(file.FileId)! with { Status = done.Status, Bytes = done.Bytes, Error = done.Error }) : now;
        });
        if (!kept) StorePassages.Delete(stores.Folder, store.Id, file.FileId);
    }

    async Task<PassageFile> PassagesAsync(StoredVectorStore store, StoreFile file, CancellationToken stop)
    {
        if (files.Find(store.Owner, file.FileId) is not { } kept) throw new InvalidDataException($"The file {file.FileId} is gone.");
        var text = Text(kept);
        var encoder = encoders.OfTexts;
        var tokenizer = encoder?.Model.Tokenizer ?? live.Current?.Tokenizer
            ?? throw new InvalidDataException("There is no tokenizer to cut passages with: no weights are loaded.");
        // A passage is no longer than the encoder reads.
        var size = encoder is null ? file.Chunking.Size : Math.Min(file.Chunking.Size, Room(encoder.Model));
        var spans = TokenCutter.Cut(text, tokenizer, size, Math.Min(file.Chunking.Overlap, size / 2)).Take(MostPassages + 1).ToList();
        if (spans.Count > MostPassages) throw new InvalidDataException($"The file has more than {MostPassages} passages.");
        var texts = spans.ConvertAll(span => text[span]);
        var vectors = encoder is null ? null : await VectorsAsync(encoder, texts, stop);
        return new(encoder?.Model.WeightsHash, [.. spans.Select((span, i) => new StorePassage(texts[i], span.Start.Value,
            vectors is null ? [] : Bytes(vectors[i])))]);
    }

    static int Room(SentenceModel model) => Math.Max(16, model.Config.MaxTokens - model.Tokenizer!.FrameLength
        - model.Tokenizer.Encode(model.Config.DocumentPrompt, addSpecialTokens: false).Length);

    async Task<float[][]> VectorsAsync(SentenceEncoder encoder, List<string> texts, CancellationToken stop)
    {
        if (texts.Count == 0) return [];
        var model = encoder.Model;
        int[][] tokens = [.. texts.Select(text => SentenceTokens.Of(model.Tokenizer!, model.Config, model.Config.DocumentPrompt, text,
            model.Config.MaxTokens, Truncation.End)!)];
        while (true)
            try
            {
                return await encoder.EncodeAsync(tokens, Priority, cancellation: stop);
            }
            catch (EngineBusyException)
            {
                await Task.Delay(patience, time, stop);
            }
    }

    string Text(StoredFile file)
    {
        try
        {
            using var stream = files.Read(file);
            using var reader = new StreamReader(stream, strict, detectEncodingFromByteOrderMarks: false);
            return reader.ReadToEnd().TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{file.Filename} is not text in UTF-8; other kinds of files are not read here.");
        }
    }
}
