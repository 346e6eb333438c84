// The files beside the weights: what they are called, and how a GGUF's keys become them.
using System.Text.Json;

namespace Majlis.Model;

public static class CheckpointFiles
{
    public const string Config = "config.json";
    public const string GenerationConfig = "generation_config.json";
}
