package import Desk
import ProtoBytes
package import Tickets

/// One row of the log as it is stored: a turn's events as bytes, sealed into the chain.
package struct LogRow: Hashable, Sendable {
    package var first: Position
    package var last: Position
    package var epoch: UInt64
    /// The layout of the body; see ``RecordCoding/layout``.
    package var layout: UInt32
    package var body: [UInt8]
    package var digest: [UInt8]

    package init(
        first: Position, last: Position, epoch: UInt64, layout: UInt32, body: [UInt8], digest: [UInt8]
    ) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.layout = layout
        self.body = body
        self.digest = digest
    }

    /// Makes the row that follows `chain`, and moves the chain to it; see ``TurnSealer``.
    package init(sealing records: [Record], epoch: UInt64, onto chain: inout Chain) {
        var sealer = TurnSealer()
        self.init(sealing: records, epoch: epoch, onto: &chain, with: &sealer)
    }

    /// The same with a sealer that was used before, whose memory is used again.
    init(
        sealing records: [Record], epoch: UInt64, onto chain: inout Chain, with sealer: inout TurnSealer
    ) {
        first = chain.position.next
        sealer.seal(records, epoch: epoch, onto: &chain)
        last = chain.position
        self.epoch = epoch
        layout = RecordCoding.layout
        body = sealer.withBody { Array($0) }
        digest = chain.digest
    }

    /// The chain up to this row, taking its digest for true.
    package var chain: Chain { Chain(position: last, digest: digest) }

    /// Checks that the row is the one that was written after `chain`.
    package func check(after chain: Chain) throws(StoreError) {
        guard first == chain.position.next, last >= first else {
            throw StoreError(
                .corrupt,
                "the log has a row \(first)...\(last) after event \(chain.position); rows are missing")
        }
        let expected = body.withUnsafeBytes {
            chain.digest(epoch: epoch, first: first, last: last, layout: layout, body: $0)
        }
        guard digest == expected else {
            throw StoreError(
                .corrupt, "row \(first)...\(last) of the log, or the one before it, is not what was written")
        }
        guard layout <= RecordCoding.layout else {
            throw StoreError(
                .unusable,
                "row \(first)...\(last) of the log was written by a newer version; use that version")
        }
    }

    /// The turn, checked against the chain, which moves on to this row.
    package func open(after chain: inout Chain) throws(StoreError) -> StoredTurn {
        try check(after: chain)
        let records = try RecordCoding.decode(body, first: first)
        guard let end = records.last?.position, end == last else {
            throw StoreError(.corrupt, "row \(first)...\(last) of the log holds \(records.count) events")
        }
        chain = self.chain
        return StoredTurn(epoch: epoch, records: records)
    }
}

/// Turns a turn's events into the body and the digest of its row, in memory that is used again for the next.
package struct TurnSealer: ~Copyable {
    private var writer = ProtoWriter(capacity: 65_536)

    package init() {}

    /// Makes the row that follows `chain`, and moves the chain to it. There is at least one record, and their
    /// positions follow the chain's.
    package mutating func seal(_ records: [Record], epoch: UInt64, onto chain: inout Chain) {
        guard let first = records.first?.position, let last = records.last?.position else {
            preconditionFailure("a turn without events is not stored")
        }
        precondition(first == chain.position.next, "a turn from \(first) after \(chain.position)")
        precondition(
            last.rawValue - first.rawValue + 1 == UInt64(records.count), "a gap in \(first)...\(last)")
        writer.removeAll()
        RecordCoding.write(records, to: &writer)
        let digest = writer.withBytes {
            chain.digest(epoch: epoch, first: first, last: last, layout: RecordCoding.layout, body: $0)
        }
        chain = Chain(position: last, digest: digest)
    }

    /// The body of the row that was sealed last; valid inside the closure.
    package borrowing func withBody<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try writer.withBytes(body)
    }
}
