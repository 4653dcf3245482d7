/// The name of a line, a node, an agent or a key: 1 to 64 bytes of `A-Z a-z 0-9 . _ @ -`.
///
/// ASCII only, so that two names are equal exactly when their bytes are. Swift compares text by canonical
/// equivalence, which the store does not.
package struct Name: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    /// Nil when the text is not a name.
    package init?(_ text: String) {
        guard Self.isValid(text.utf8) else { return nil }
        self.text = text
    }

    /// For names that are written in the source.
    package init(stringLiteral text: String) {
        precondition(Self.isValid(text.utf8), "not a name: \(text)")
        self.text = text
    }

    package static let bytesMax = 64

    package var description: String { text }

    /// Its bytes: ASCII is in normal form, so nothing has to be looked for.
    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    @inlinable package static func == (a: Name, b: Name) -> Bool { a.text == b.text }
    @inlinable package static func != (a: Name, b: Name) -> Bool { a.text != b.text }
    package static func < (a: Name, b: Name) -> Bool { a.text < b.text }

    private static func isValid(_ bytes: String.UTF8View) -> Bool {
        guard !bytes.isEmpty, bytes.count <= bytesMax else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "@"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
