package import Figures
import ProtoBytes
package import Tickets

/// The figures of a view's tickets as they are kept: bytes, and where in them each ticket is.
///
/// A course that a later one replaced is never taken apart, and a report holds no ticket longer than it takes to
/// count it.
package struct PackedFigures: KeptTickets {
    /// Where a ticket's two parts begin, each with its length before it; negative for one that is not there.
    fileprivate struct Place {
        var origin = -1
        var course = -1
    }

    fileprivate private(set) var bytes: [UInt8] = []
    fileprivate private(set) var places: [Place]
    private var promises = PolicyHistory()

    /// For the tickets 1 to `count`, and about so many bytes of them.
    package init(count: Int, byteCount: Int) {
        places = Array(repeating: Place(), count: count)
        bytes.reserveCapacity(byteCount)
    }

    package var count: Int { places.count }

    /// Adds a block. Blocks come in the order in which they were written: a later course replaces the earlier.
    package mutating func add(_ block: UnsafeRawBufferPointer) throws(StoreError) {
        let start = bytes.count
        bytes.append(contentsOf: block)
        do {
            var reader = ProtoReader(block)
            while let key = try reader.next() {
                let place = start + reader.offset
                switch (key.number, key.kind) {
                case (1, .bytes):
                    let index = try index(of: try ViewCoding.ticket(ofFigures: try reader.slice()))
                    places[index].origin = place
                case (2, .bytes):
                    let index = try index(of: try ViewCoding.ticket(ofFigures: try reader.slice()))
                    places[index].course = place
                case (3, .bytes):
                    let (settings, moment) = try ViewCoding.settings(try reader.slice())
                    promises.add(settings, at: moment)
                default: try reader.skip(key)
                }
            }
        } catch {
            throw ViewCoding.flaw(figures: error)
        }
    }

    /// Adds the course that is in a ticket's packed state.
    package mutating func add(
        courseIn state: UnsafeRawBufferPointer, of number: TicketNumber
    ) throws(StoreError) {
        do {
            var item = ProtoWriter()
            item.fieldAlways(2, try ViewCoding.course(inState: state))
            // Before it stands its key, a byte.
            places[try index(of: number)].course = bytes.count + 1
            item.withBytes { bytes.append(contentsOf: $0) }
        } catch {
            throw ViewCoding.flaw(figures: error)
        }
    }

    /// Ends at a number that nobody submitted, as a fold of the log does.
    ///
    /// - Throws: `corrupt` when a ticket was submitted, and how it went is missing.
    package consuming func fold(upTo position: Position, at end: Moment) throws(StoreError) -> KeptFold {
        let count = places.firstIndex { $0.origin < 0 } ?? places.count
        if let index = places[..<count].firstIndex(where: { $0.course < 0 }) {
            throw StoreError(.corrupt, "the figures of ticket \(index + 1) are not in the view")
        }
        let strays = places[count...].count { $0.origin >= 0 }
        places.removeSubrange(count...)
        let promises = promises
        return KeptFold(
            tickets: KeptRoll(self), strays: strays, promises: promises, position: position, end: end)
    }

    package func reader() -> any TicketRollReader<any Error> { PackedReader(self) }

    private func index(of number: TicketNumber) throws(StoreError) -> Int {
        guard number.rawValue >= 1, number.rawValue <= UInt64(places.count) else {
            throw StoreError(.corrupt, "ticket \(number) has figures in the view, and no row")
        }
        return Int(number.rawValue) - 1
    }
}

/// Takes packed tickets apart, each time from its bytes; only names are remembered.
private struct PackedReader: TicketRollReader {
    private let figures: PackedFigures
    /// The agents of a large desk are more than the names of a log's part.
    private var coding = ViewCoding(names: 2_048)

    init(_ figures: PackedFigures) { self.figures = figures }

    mutating func ticket(_ index: Int) throws(any Error) -> TicketFigures {
        let place = figures.places[index]
        return try figures.bytes.withUnsafeBytes { bytes in
            do {
                return TicketFigures(
                    origin: try coding.origin(try Self.part(bytes, place.origin)),
                    course: try coding.course(try Self.part(bytes, place.course)))
            } catch {
                throw ViewCoding.flaw(figures: error)
            }
        }
    }

    mutating func sketch(_ index: Int) throws(any Error) -> TicketSketch {
        let place = figures.places[index]
        return try figures.bytes.withUnsafeBytes { bytes in
            do {
                return try ViewCoding.sketch(
                    origin: try Self.part(bytes, place.origin), course: try Self.part(bytes, place.course))
            } catch {
                throw ViewCoding.flaw(figures: error)
            }
        }
    }

    private static func part(
        _ bytes: UnsafeRawBufferPointer, _ place: Int
    ) throws(ProtoFlaw) -> UnsafeRawBufferPointer {
        var reader = ProtoReader(UnsafeRawBufferPointer(rebasing: bytes[place...]))
        return try reader.slice()
    }
}

extension KeptFold {
    /// All of it, every ticket taken apart.
    package func whole() throws(StoreError) -> FiguresFold {
        var (whole, reader) = ([TicketFigures](), tickets.reader())
        whole.reserveCapacity(tickets.count)
        do {
            for index in 0..<tickets.count { whole.append(try reader.ticket(index)) }
        } catch {
            throw ViewCoding.flaw(figures: error)
        }
        return FiguresFold(tickets: whole, strays: strays, promises: promises, position: position, end: end)
    }
}

extension FiguresFold {
    /// The same, for who asks for what a view kept.
    package var kept: KeptFold {
        var roll = KeptRoll()
        for ticket in tickets { roll.append(ticket) }
        return KeptFold(tickets: roll, strays: strays, promises: promises, position: position, end: end)
    }
}
