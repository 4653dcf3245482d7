package import Desk
package import Tickets

/// Brings a desk back from its store.
package enum Recovery {
    /// Turns that are read at a time; bounds memory while a long log is folded.
    private static let turnsPerRead = 256

    /// A desk as its log says it is.
    package struct Recovered: Sendable {
        package var desk: Desk
        /// Events folded after the snapshot.
        package var replayed: Int
        /// Where the snapshot stood; nil when all of the log was folded.
        package var snapshot: Position?
    }

    /// Loads the newest intact snapshot and folds the log's tail.
    ///
    /// A snapshot that does not belong to this log, as after an older log was restored, is left alone. Traps on a
    /// log that contradicts itself, as ``Desk/evolve(_:)`` does; `verify` says where. A replay gives an `end`, beyond
    /// which nothing is folded.
    package static func loadDesk(
        from store: any Store, settings: DeskSettings, upTo end: Position? = nil
    ) throws(StoreError) -> Recovered {
        let reader = try store.openLogReader()
        var recovered = Recovered(desk: Desk(settings: settings), replayed: 0, snapshot: nil)
        if let desk = try store.openSnapshots().load(settings: settings) {
            let isEarlyEnough = end.map { desk.position <= $0 } != false
            if isEarlyEnough, try belongs(desk, to: reader) {
                recovered.desk = desk
                recovered.snapshot = desk.position
            }
        }
        while true {
            let turns = try reader.turns(after: recovered.desk.position, limit: turnsPerRead)
            guard !turns.isEmpty else { return recovered }
            for turn in turns {
                #if PLANTED_BUGS
                    if PlantedBug.isActive(.recoverySkipsLast),
                        turn.records.last?.position == (try reader.last), turns.count > 1
                    {
                        return recovered
                    }
                #endif
                for record in turn.records where record.position > recovered.desk.position {
                    if let end, record.position > end { return recovered }
                    recovered.desk.evolve(record)
                    recovered.replayed += 1
                }
            }
        }
    }

    /// Whether a snapshot was folded from this log, as far as one event can tell: the log has an event at its
    /// position that happened when the snapshot says.
    package static func belongs(_ desk: Desk, to reader: any LogReader) throws(StoreError) -> Bool {
        guard desk.position > .start else { return true }
        guard let turn = try reader.turn(containing: desk.position) else { return false }
        return turn.records.contains { $0.position == desk.position && $0.at == desk.lastMoment }
    }
}
