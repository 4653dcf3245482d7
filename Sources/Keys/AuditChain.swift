import Crypto

/// Ties each line of the audit to those before it: a line that is changed, taken out or put in does not fit what follows.
///
/// It shows that somebody has been at the file who did not think of this. Whoever may write it and tie all lines anew
/// is not shown: what must stand against them belongs on another machine.
package struct AuditChain: Sendable {
    package enum Verdict: Hashable, Sendable {
        case sound
        /// It, or what was before it, is not as it was written.
        case changed
        /// It was written before lines were tied.
        case untied
    }

    /// The digest of the last line; empty before the first.
    private var last: String
    private var hasBegun: Bool

    /// - Parameter isWhole: Whether the first line that comes is the first that ever was.
    package init(isWhole: Bool) {
        (last, hasBegun) = ("", isWhole)
    }

    /// A chain that goes on after a line.
    init(after digest: String) {
        (last, hasBegun) = (digest, true)
    }

    /// A line that goes on after the last: the object with its tie.
    mutating func tie(_ object: String) -> String {
        last = Self.digest(last, object)
        return object.dropLast() + Self.mark + last + "\"}"
    }

    /// Judges the next line.
    package mutating func judge(_ line: some StringProtocol) -> Verdict {
        guard let (object, digest) = Self.untie(line) else {
            if last.isEmpty {
                hasBegun = false
                return .untied
            }
            return .changed
        }
        let isSound = !hasBegun || digest == Self.digest(last, object)
        (last, hasBegun) = (digest, true)
        return isSound ? .sound : .changed
    }

    /// An object and its tie; nil for a line that has none.
    static func untie(_ line: some StringProtocol) -> (object: String, digest: String)? {
        let text = line.utf8
        let end = mark.utf8.count + digits + 2
        guard text.count > end else { return nil }
        let tail = String(decoding: text.suffix(end), as: UTF8.self)
        guard tail.hasPrefix(mark), tail.hasSuffix("\"}") else { return nil }
        let digest = tail.dropFirst(mark.utf8.count).dropLast(2)
        guard digest.utf8.count == digits, digest.utf8.allSatisfy(\.isHexadecimal) else { return nil }
        return (String(decoding: text.dropLast(end), as: UTF8.self) + "}", String(digest))
    }

    private static let mark = #","chain":""#
    /// Half of SHA-256.
    private static let digits = 32

    private static func digest(_ last: String, _ object: String) -> String {
        let digest = SHA256.hash(data: Array((last + "\n" + object).utf8))
        return digest.prefix(digits / 2).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}
