namespace Sluice.Server.Gateway;

/// <summary>How a handler ended. A refusal converts by itself, so a handler can return the error it got.</summary>
public readonly struct ApiResult
{
    private ApiResult(ApiError? error, ReadOnlyMemory<byte> json, bool isEmpty, int status)
    {
        Error = error;
        Json = json;
        IsEmpty = isEmpty;
        Status = status;
    }

    /// <summary>Done; the body is what the handler wrote to <see cref="ApiRequest.Json"/>, the status the operation's own.</summary>
    public static ApiResult Done => default;

    /// <summary>Done without a body.</summary>
    public static ApiResult Empty => new(null, default, true, 0);

    public ApiError? Error { get; }

    /// <summary>A ready-made body, if not empty.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public bool IsEmpty { get; }

    /// <summary>The HTTP status; 0 = the operation's own.</summary>
    public int Status { get; }

    /// <summary>Done; the body is this UTF-8 JSON, shared and never changed.</summary>
    public static ApiResult Ready(ReadOnlyMemory<byte> json) => new(null, json, false, 0);

    public static ApiResult Refused(ApiError error) => new(error, default, false, error.Status);

    public static implicit operator ApiResult(ApiError error) => Refused(error);

    public static implicit operator ValueTask<ApiResult>(ApiResult result) => new(result);
}
