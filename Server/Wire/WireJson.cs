// How replies become JSON: snake_case names, unescaped letters of every script, source-generated writers.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Majlis.Server.Access;
using Majlis.Server.Arena;
using Majlis.Server.Batches;
using Majlis.Server.Catalog;
using Majlis.Server.Chat;
using Majlis.Server.Completions;
using Majlis.Server.Embeddings;
using Majlis.Server.Files;
using Majlis.Server.FineTuning;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Rerank;
using Majlis.Server.Runs;
using Majlis.Server.Tokens;
using Majlis.Server.VectorStores;

namespace Majlis.Server.Wire;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ChatReply))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatChunkWithUsage))]
[JsonSerializable(typeof(CompletionReply))]
[JsonSerializable(typeof(CompletionReplyWithUsage))]
[JsonSerializable(typeof(EmbeddingReply))]
[JsonSerializable(typeof(CohereEmbedReply))]
[JsonSerializable(typeof(RerankReply))]
[JsonSerializable(typeof(CohereRerankReply))]
[JsonSerializable(typeof(CohereErrorBody))]
[JsonSerializable(typeof(StoredFile))]
[JsonSerializable(typeof(FileReply))]
[JsonSerializable(typeof(ListPage<FileReply>))]
[JsonSerializable(typeof(DeletedReply))]
[JsonSerializable(typeof(StoredUpload))]
[JsonSerializable(typeof(UploadReply))]
[JsonSerializable(typeof(UploadPartReply))]
[JsonSerializable(typeof(StoredBatch))]
[JsonSerializable(typeof(BatchReply))]
[JsonSerializable(typeof(ListPage<BatchReply>))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(StoredJob))]
[JsonSerializable(typeof(JobReply))]
[JsonSerializable(typeof(ListPage<JobReply>))]
[JsonSerializable(typeof(JobEvent))]
[JsonSerializable(typeof(ListPage<JobEvent>))]
[JsonSerializable(typeof(ListPage<CheckpointReply>))]
[JsonSerializable(typeof(StoredVectorStore))]
[JsonSerializable(typeof(PassageFile))]
[JsonSerializable(typeof(VectorStoreReply))]
[JsonSerializable(typeof(ListPage<VectorStoreReply>))]
[JsonSerializable(typeof(StoreFileReply))]
[JsonSerializable(typeof(ListPage<StoreFileReply>))]
[JsonSerializable(typeof(FileBatchReply))]
[JsonSerializable(typeof(SearchPage))]
[JsonSerializable(typeof(ContentPage))]
[JsonSerializable(typeof(TokenizeReply))]
[JsonSerializable(typeof(TokenizerInfo))]
[JsonSerializable(typeof(DetokenizeReply))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(BattleEvent))]
[JsonSerializable(typeof(VoteReply))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(SessionReply))]
[JsonSerializable(typeof(ErasureReply))]
[JsonSerializable(typeof(ListPage<JsonObject>))]
[JsonSerializable(typeof(ListPage<VersionCard>))]
[JsonSerializable(typeof(ListPage<MoveReply>))]
[JsonSerializable(typeof(ListPage<KeyChangeReply>))]
[JsonSerializable(typeof(PointerReply))]
sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The writers in use: Arabic is written as it is, without \u escapes.</summary>
    public static WireJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
