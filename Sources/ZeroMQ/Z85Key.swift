import CZeroMQ

/// A CURVE key of 32 bytes, public or secret, as 40 characters that may stand in files and on command lines.
///
/// No description shows the key, because none can know whether it is a secret one: ask for ``text``.
/// Source: ZeroMQ RFC 32 (Z85); zmq_curve(7).
package struct Z85Key: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The 40 characters, all of them ASCII.
    package let text: String

    package static let characterCount = 40
    package static let byteCount = 32

    /// nil unless the text is 40 characters of Z85 that decode.
    package init?(_ text: String) {
        // libzmq reads up to a zero byte, so one in the middle would hide what follows.
        guard text.utf8.count == Self.characterCount, !text.utf8.contains(0) else { return nil }
        let isValid = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.byteCount) { bytes in
            zmq_z85_decode(bytes.baseAddress, text) != nil
        }
        guard isValid else { return nil }
        self.text = text
    }

    /// nil unless there are 32 bytes: the form in which a ZAP request carries a key.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(terminated: { zmq_z85_encode($0, bytes, Self.byteCount) })
    }

    /// Lets a C function write a key with its terminating zero; nil when it writes none.
    init?(terminated write: (UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<CChar>?) {
        let capacity = Self.characterCount + 1
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            buffer.baseAddress.flatMap(write).map { String(cString: $0) }
        }
        guard let text else { return nil }
        self.text = text
    }

    package var description: String { "a key (hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
