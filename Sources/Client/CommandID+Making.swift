import Crypto
package import Tickets
import Wire

extension CommandID {
    /// An id that nobody has used before: 128 bits from the system's random source.
    package static func random() -> CommandID {
        var generator = SystemRandomNumberGenerator()
        return CommandID(high: generator.next(), low: generator.next())
    }

    /// The id that belongs to a name, for example to the `id` of a line of a file: the same in every run.
    ///
    /// It is the first 16 bytes of the SHA-256 of the text's UTF-8 bytes, so texts that look alike but differ
    /// in a byte have different ids.
    package init(derivedFrom text: String) {
        let digest = SHA256.hash(data: Array(text.utf8))
        guard let id = CommandID(Array(digest)[..<16]) else {
            preconditionFailure("a digest of SHA-256 has 32 bytes")
        }
        self = id
    }
}
