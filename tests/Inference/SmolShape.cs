// The shape of SmolLM2-135M without its numbers, for the cost of prompts. Knows no time.
using Majlis.Model;
using Majlis.tests.Support;

namespace Majlis.tests.Inference;

static class SmolShape
{
    public static Blueprint Blueprint()
    {
        Projection wide = new("wide", 576, 576), narrow = new("narrow", 576, 192);
        var attention = new AttentionBlueprint
        {
            Heads = 9,
            KeyValueHeads = 3,
            HeadDim = 64,
            Query = wide,
            Key = narrow,
            Value = narrow,
            Output = wide,
            Scale = 0.125f,
        };
        var mlp = new MlpBlueprint(new("gate", 576, 1536), new("up", 576, 1536), new("down", 1536, 576), Activation.Silu);
        var layer = new LayerBlueprint { Attention = attention, Mlp = mlp };
        return Tiny.Blueprint([null]) with { Layers = [.. Enumerable.Repeat(layer, 30)] };
    }
}
