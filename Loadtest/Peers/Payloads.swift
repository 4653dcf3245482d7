/// The bodies of the jobs: a number of ten digits, a space, and one of the given texts.
///
/// The number says which job it is, so that the taker can see whether each came exactly once.
package struct Payloads: Sendable {
    private static let digits = 10
    static let prefixBytes = digits + 1

    private let texts: [[UInt8]]

    /// - Parameter texts: UTF-8, about 300 bytes each; at least one, none with a NUL.
    package init(_ texts: [[UInt8]]) {
        precondition(!texts.isEmpty, "there is no text to send")
        self.texts = texts
    }

    func byteCount(_ job: Int) -> Int { Self.prefixBytes + texts[job % texts.count].count }

    func append(_ job: Int, to buffer: ByteBuffer) {
        let space = buffer.reserve(Self.prefixBytes)
        var rest = job
        for index in stride(from: Self.digits - 1, through: 0, by: -1) {
            space[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        space[Self.digits] = 0x20
        buffer.commit(Self.prefixBytes)
        buffer.append(texts[job % texts.count])
    }

    /// The number of the job whose body `bytes` is.
    ///
    /// - Throws: When it is not a body that was put: no number, or another length.
    func job(in bytes: UnsafeRawBufferPointer) throws(PeerError) -> Int {
        guard bytes.count > Self.prefixBytes, let job = bytes.decimal(0..<Self.digits),
            bytes.count == byteCount(job)
        else { throw PeerError("a job came back with another body: \(bytes.count) bytes") }
        return job
    }

    func job(in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(PeerError) -> Int {
        try job(in: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
}
