import Crypto
import ProtoBytes

#if PLANTED_BUGS
    import Tickets
#endif

/// Where the bytes of a snapshot go.
package protocol SnapshotOutput {
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError)
}

/// Where the bytes of a snapshot come from.
package protocol SnapshotInput {
    /// Bytes that were not read yet.
    var rest: Int { get }
    /// Fills the memory; there are as many bytes left.
    mutating func read(into memory: UnsafeMutableRawBufferPointer) throws(StoreError)
}

/// Writes a snapshot's pieces, and what comes before and after them.
struct PieceWriter<Output: SnapshotOutput>: ~Copyable {
    private(set) var output: Output
    private var hash = SHA256()
    private var writer = ProtoWriter(capacity: 1 << 20)

    init(_ output: Output) throws(StoreError) {
        self.output = output
        try put(SnapshotCoding.magic)
        try put(number: SnapshotCoding.layout)
    }

    mutating func write(_ piece: (inout ProtoWriter) -> Void) throws(StoreError) {
        writer.removeAll()
        piece(&writer)
        try put(number: UInt32(writer.count))
        try put(writer.bytes)
    }

    mutating func end() throws(StoreError) {
        try put(Array(hash.finalize()))
    }

    private mutating func put(number: UInt32) throws(StoreError) {
        try put(withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }

    private mutating func put(_ bytes: [UInt8]) throws(StoreError) {
        hash.update(data: bytes)
        try bytes.withUnsafeBufferPointer { bytes throws(StoreError) in
            try output.write(UnsafeRawBufferPointer(bytes))
        }
    }
}

/// Reads a snapshot's pieces.
struct PieceReader<Input: SnapshotInput> {
    private var input: Input
    private var hash = SHA256()

    init(_ input: Input) throws(StoreError) {
        self.input = input
        let head = try next(SnapshotCoding.magic.count + 4)
        guard head.starts(with: SnapshotCoding.magic) else {
            throw StoreError(.corrupt, "the snapshot is none")
        }
        guard Self.number(head.suffix(4)) == SnapshotCoding.layout else {
            throw StoreError(.unusable, "the snapshot has another layout than \(SnapshotCoding.layout)")
        }
    }

    /// The next piece; nil after the last, when all of them are what was written.
    mutating func piece() throws(StoreError) -> [UInt8]? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.snapshotUnsealed) { return try pieceUnsealed() }
        #endif
        guard input.rest > Chain.digestBytes else {
            let digest = Array(hash.finalize())
            guard try next(Chain.digestBytes) == digest else {
                throw StoreError(.corrupt, "the snapshot is not what was written")
            }
            return nil
        }
        return try next(Int(Self.number(try next(4)[...])))
    }

    #if PLANTED_BUGS
        /// As it would be if nobody looked whether all pieces are there, and as they were written.
        private mutating func pieceUnsealed() throws(StoreError) -> [UInt8]? {
            guard input.rest > Chain.digestBytes else { return nil }
            let count = Int(Self.number(try next(4)[...]))
            return count <= input.rest ? try next(count) : nil
        }
    #endif

    private mutating func next(_ count: Int) throws(StoreError) -> [UInt8] {
        guard count <= input.rest else { throw StoreError(.corrupt, "the snapshot is cut short") }
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { memory throws(StoreError) in
            try input.read(into: UnsafeMutableRawBufferPointer(memory))
        }
        hash.update(data: bytes)
        return bytes
    }

    /// Four bytes, the largest first.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// A snapshot in memory.
struct SnapshotBytes: SnapshotOutput, SnapshotInput {
    var bytes: [UInt8] = []
    private var offset = 0

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    var rest: Int { bytes.count - offset }

    mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

    mutating func read(into memory: UnsafeMutableRawBufferPointer) {
        memory.copyBytes(from: bytes[offset..<offset + memory.count])
        offset += memory.count
    }
}
