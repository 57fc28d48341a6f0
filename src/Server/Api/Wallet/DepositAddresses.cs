using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Server.Markets;

namespace Sluice.Server.Api.Wallet;

/// <summary>Where deposits of a user would arrive on a simulated chain. The same user has the same address on a chain always, whatever the currency.
/// An address looks like one of its chain and carries no valid checksum where the chain has one, so that nobody can send real coins to it.</summary>
public static class DepositAddresses
{
    private const string Hex = "0123456789abcdef";
    private const string MixedHex = "0123456789abcdefABCDEF";       // EIP-55 reads a checksum out of the capitals
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const string Bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const string Digits = "0123456789";

    private static readonly Dictionary<string, (string Prefix, string Alphabet, int Length)> Formats = new(StringComparer.Ordinal)
    {
        ["evm"] = ("0x", MixedHex, 40),
        ["btc"] = ("bc1q", Bech32, 38),
        ["ltc"] = ("ltc1q", Bech32, 38),
        ["bch"] = ("bitcoincash:q", Bech32, 41),
        ["doge"] = ("D", Base58, 33),
        ["dash"] = ("X", Base58, 33),
        ["zec"] = ("t1", Base58, 33),
        ["tron"] = ("T", Base58, 33),
        ["solana"] = ("z", Base58, 43),                             // no checksum: one above the largest public key
        ["xrp"] = ("r", Base58, 33),
        ["cardano"] = ("addr1q", Bech32, 98),
        ["substrate"] = ("1", Base58, 47),
        ["cosmos"] = ("cosmos1", Bech32, 38),
        ["algorand"] = ("", Base32, 58),
        ["stellar"] = ("G", Base32, 55),
        ["filecoin"] = ("f1", "abcdefghijklmnopqrstuvwxyz234567", 39),
        ["aptos"] = ("0x", Hex, 64),
        ["sui"] = ("0x", Hex, 64),
        ["flow"] = ("0x", Hex, 16),
        ["hedera"] = ("0.0.", "123456789", 8),
        ["kaspa"] = ("kaspa:q", Bech32, 60),
        ["near"] = ("", Hex, 64),
        ["stacks"] = ("SP", Crockford, 39),
        ["tezos"] = ("tz1", Base58, 33),
        ["ton"] = ("UQ", Base64, 46),
    };

    private static readonly (string Prefix, string Alphabet, int Length) Unknown = ("", Hex, 64);

    public static string Of(int user, AssetChain chain)
    {
        var (prefix, alphabet, length) = Formats.GetValueOrDefault(chain.AddressFormat, Unknown);
        return prefix + Text($"address {user} {chain.Chain}", alphabet, length);
    }

    /// <summary>The memo or tag deposits need on some chains, else empty.</summary>
    public static string TagOf(int user, AssetChain chain) => chain.Tag ? Text($"tag {user} {chain.Chain}", Digits, 9).TrimStart('0') : "";

    /// <summary>The id a deposit has on its chain.</summary>
    public static string TransactionOf(long deposit, string chain) => Text(string.Create(CultureInfo.InvariantCulture, $"deposit {deposit} {chain}"), Hex, 64);

    // A hash stretched to as many characters as asked for.
    private static string Text(string seed, string alphabet, int length)
    {
        var text = new StringBuilder(length);
        for (var block = 0; text.Length < length; block++)
        {
            foreach (var part in SHA256.HashData(Encoding.UTF8.GetBytes($"sluice {block} {seed}")))
            {
                if (text.Length < length) text.Append(alphabet[part % alphabet.Length]);
            }
        }
        return text.ToString();
    }
}
