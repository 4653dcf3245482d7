/// INSERTs, one transaction at a time: of one row, or of the whole window as one statement over an array.
final class PostgresPut: PutSession {
    private static let insert = UInt8(ascii: "i")

    private let connection: PostgresConnection
    private let payloads: Payloads
    private let isBatching: Bool
    /// Jobs of the transaction that is not committed yet.
    private var sent = 0..<0

    var stream: ByteStream { connection.stream }

    init(_ connection: PostgresConnection, _ payloads: Payloads, isBatching: Bool) throws(PeerError) {
        self.connection = connection
        self.payloads = payloads
        self.isBatching = isBatching
        try connection.prepare(
            Self.insert,
            isBatching
                ? "INSERT INTO jobs (body) SELECT unnest($1::text[])" : "INSERT INTO jobs (body) VALUES ($1)")
    }

    func put(_ first: Int, count: Int) {
        sent = first..<first + count
        let output = stream.output
        output.appendExecute(Self.insert, parameters: 1, isBinary: isBatching) {
            guard isBatching else {
                payloads.append(first, to: output)
                return
            }
            output.appendArray(elementType: PostgresConnection.text, count: count)
            for job in sent {
                output.append(bigEndian: UInt32(payloads.byteCount(job)))
                payloads.append(job, to: output)
            }
        }
        output.appendSync()
    }

    func receive(into acknowledged: inout [Int]) throws(PeerError) {
        var reader = PostgresReader(stream.input.readable)
        while let message = try reader.next() {
            // CommandComplete comes before the commit, ReadyForQuery after it.
            if message.kind == .readyForQuery { acknowledged += sent }
        }
        stream.input.consume(reader.offset)
    }
}

/// Takes with SKIP LOCKED, and DELETEs what it took.
///
/// Plain, each is a transaction of its own. Else the DELETE of one batch and the taking of the next are one
/// transaction, as a client does that has all its seats on one connection.
final class PostgresTake: TakeSession {
    private static let take = UInt8(ascii: "t")
    private static let delete = UInt8(ascii: "d")

    private let connection: PostgresConnection
    private let payloads: Payloads
    private let isBatching: Bool
    /// Jobs that this transaction takes, and their ids; counted when it is committed.
    private var taking: [(id: Int64, job: Int)] = []
    /// Jobs that this transaction deletes.
    private var deleting: [(id: Int64, job: Int)] = []
    private(set) var isParked = false

    var stream: ByteStream { connection.stream }

    init(
        _ connection: PostgresConnection, _ payloads: Payloads, seats: Int, isBatching: Bool
    ) throws(PeerError) {
        self.connection = connection
        self.payloads = payloads
        self.isBatching = isBatching
        // The table is empty when the statements are planned: without these the plan would suit that.
        _ = try connection.ask(
            "SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan")
        // As an array the inner query runs once and first, whatever the planner thinks.
        try connection.prepare(
            Self.take,
            """
            UPDATE jobs SET state = 1 WHERE id = ANY(ARRAY(
                SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT \(seats) FOR UPDATE SKIP LOCKED))
            RETURNING id, body
            """)
        try connection.prepare(Self.delete, "DELETE FROM jobs WHERE id = ANY($1::bigint[])")
    }

    func resume() {
        isParked = false
        send(takes: true)
    }

    private func send(takes: Bool) {
        let output = stream.output
        if !deleting.isEmpty {
            output.appendExecute(Self.delete, parameters: 1) {
                output.appendArray(elementType: PostgresConnection.int8, count: deleting.count)
                for (id, _) in deleting {
                    output.append(bigEndian: UInt32(8))
                    output.append(bigEndian: id)
                }
            }
        }
        if takes { output.appendExecute(Self.take, parameters: 0) }
        output.appendSync()
    }

    func receive(into log: inout TakeLog) throws(PeerError) {
        var reader = PostgresReader(stream.input.readable)
        while let message = try reader.next() {
            if message.kind == .dataRow {
                let (id, body) = try reader.columns(2, of: message.content)
                let job = try payloads.job(in: reader.bytes, body)
                taking.append((reader.bytes.bigEndian(Int64.self, at: id.lowerBound), job))
            } else if message.kind == .readyForQuery {
                noteCommit(into: &log)
            }
        }
        stream.input.consume(reader.offset)
    }

    private func noteCommit(into log: inout TakeLog) {
        let hasDeleted = !deleting.isEmpty
        for (_, job) in deleting { log.done.append(job) }
        for (_, job) in taking { log.taken.append(job) }
        deleting.removeAll(keepingCapacity: true)
        swap(&deleting, &taking)
        if !deleting.isEmpty {
            send(takes: isBatching)
        } else if hasDeleted {
            send(takes: true)
        } else {
            isParked = true
        }
    }
}
