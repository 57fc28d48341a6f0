using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sluice.Server.Gateway;

namespace Sluice.Server.Api.Identity;

/// <summary>The wire's `perms` and `ip_whitelist`, and what they are called here.</summary>
internal static class KeyPermissions
{
    public const int AddressesMax = 20;         // conventions 3.4

    // The dialect spells this one in its own way.
    private const string CrossexOnWire = "crossx", Crossex = "crossex";

    public static void Write(Utf8JsonWriter json, KeyScopes scopes)
    {
        json.WriteStartArray("perms"u8);
        foreach (var (group, name) in Permissions.Known)
        {
            if ((scopes.Read & group) == 0) continue;
            json.WriteStartObject();
            json.WriteString("name"u8, name == Crossex ? CrossexOnWire : name);
            json.WriteBoolean("read_only"u8, (scopes.Write & group) == 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>What a sub-account's key may do; not given means nothing, as in the dialect. Managing sub-accounts is the main account's alone.</summary>
    public static KeyScopes Read(Parameters body)
    {
        var scopes = default(KeyScopes);
        foreach (var element in body.Array("perms"))
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                body.Refuse(ApiErrors.InvalidParam("perms", element.GetRawText(), "a list of objects with name and read_only is expected"));
                return scopes;
            }
            var permission = new Parameters(null, element);
            var name = permission.RequiredText("name");
            var readOnly = permission.Flag("read_only") ?? false;
            if (permission.Error is { } error)
            {
                body.Refuse(error);
                return scopes;
            }
            if (!Permissions.TryFind(name == CrossexOnWire ? Crossex : name, out var group) || group == PermissionGroups.SubAccounts)
            {
                body.Refuse(ApiErrors.InvalidParam("perms.name", name, "it is no permission of a sub-account's key"));
                return scopes;
            }
            scopes = scopes.With(group, readOnly);
        }
        return scopes;
    }

    /// <summary>IPv4 addresses; not given means any.</summary>
    public static string ReadAddresses(Parameters body)
    {
        var addresses = body.List("ip_whitelist", AddressesMax);
        foreach (var text in addresses)
        {
            // The parser takes "1" and "0x7f.1" too; a list people read has four numbers.
            if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork || address.ToString() != text)
            {
                body.Refuse(ApiErrors.InvalidParam("ip_whitelist", text, "an IPv4 address such as 192.0.2.1 is expected"));
            }
        }
        return string.Join(',', addresses.Distinct());
    }

    public static void WriteAddresses(Utf8JsonWriter json, IEnumerable<string> addresses)
    {
        json.WriteStartArray("ip_whitelist"u8);
        foreach (var address in addresses) json.WriteStringValue(address);
        json.WriteEndArray();
    }
}
