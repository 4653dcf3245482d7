import SwiftProtobuf
import Testing
import Tickets
import Wire

/// A frame of more fields than anybody needs is refused before values are made of them, wherever in it they are.
struct FrameShapeTests {
    private static let fieldsMax = 65_536

    /// A place in an envelope where a field may come as often as one likes, and that field.
    struct Place: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var kind = EnvelopeKind.toBroker
        /// Numbers of the messages around it, outermost first.
        var path: [UInt64] = []
        var field: [UInt8]
    }

    static let places =
        [
            Place(testDescription: "the version", field: [0x08, 0x01]),
            Place(testDescription: "bodies", field: [0x22, 0x00]),
            Place(testDescription: "fields that nobody knows", field: [0x78, 0x01]),
            Place(testDescription: "names in a hello", path: [2], field: [0x0a, 0x00]),
            Place(testDescription: "claims in a hello", path: [2, 2], field: [0x32, 0x00]),
            Place(testDescription: "numbers in a claim of a hello", path: [2, 2, 6], field: [0x08, 0x01]),
            Place(testDescription: "commands", path: [3], field: [0x0a, 0x00]),
            Place(testDescription: "actions", path: [3, 1], field: [0x1a, 0x00]),
            Place(testDescription: "tags", path: [3, 1, 2], field: [0x3a, 0x00]),
            Place(testDescription: "fields of a ticket", path: [3, 1, 2], field: [0x42, 0x00]),
            Place(testDescription: "names in a field of a ticket", path: [3, 1, 2, 8], field: [0x0a, 0x00]),
            Place(testDescription: "claims in a ping", path: [4], field: [0x0a, 0x00]),
            Place(testDescription: "numbers in a claim of a ping", path: [4, 1], field: [0x08, 0x01]),
            Place(testDescription: "seats", path: [5], field: [0x08, 0x01]),
            Place(testDescription: "unknown fields in a goodbye", path: [6], field: [0x08, 0x01]),
            Place(testDescription: "questions", path: [7], field: [0x1a, 0x00]),
            Place(testDescription: "metrics", kind: .toCoordinator, field: [0x12, 0x00]),
            Place(testDescription: "sequences", kind: .toCoordinator, path: [2], field: [0x20, 0x01]),
            Place(testDescription: "counters", kind: .toCoordinator, path: [2], field: [0x3a, 0x00]),
            Place(
                testDescription: "values of a histogram", kind: .toCoordinator, path: [2, 8],
                field: [0x10, 0x01]),
            Place(testDescription: "questions", kind: .toCoordinator, path: [3], field: [0x1a, 0x00]),
        ]
        + (3...12).map {
            Place(testDescription: "tickets of action \($0)", path: [3, 1, $0], field: [0x08, 0x01])
        }
        + (3...8).map {
            Place(testDescription: "numbers of question \($0)", path: [7, $0], field: [0x08, 0x01])
        }
        + (7...10).map {
            Place(
                testDescription: "names of figures \($0)", kind: .toCoordinator, path: [2, $0],
                field: [0x0a, 0x00])
        }

    @Test(arguments: places)
    func `a field that comes too often is refused`(_ place: Place) {
        // One of them for each message around it, and one for the version.
        let most = Self.fieldsMax - place.path.count - 1
        #expect(Self.code(Self.frame(place, count: most), as: place.kind) != .tooManyValues)
        #expect(Self.code(Self.frame(place, count: most + 1), as: place.kind) == .tooManyValues)
    }

    @Test func `what comes after the bound is not looked at`() {
        let place = Place(testDescription: "commands", path: [3], field: [0x0a, 0x00])
        var fields = 0
        let frame = Self.frame(place, count: 500_000)
        _ = frame.withUnsafeBytes { FrameToBroker.decode($0, fields: &fields) }
        #expect(Self.code(frame, as: .toBroker) == .tooManyValues)
        #expect(fields == Self.fieldsMax + 1)
    }

    @Test func `only what is not read in place is counted, and what cannot be read too`() {
        let command = Command(
            id: CommandID(high: 1, low: 2), action: .claim(TicketNumber(7), leaseMilliseconds: 9))
        let plain = FrameToBroker.commands([Command](repeating: command, count: 4_096)).encoded()
        let twice = plain + [0x08, 0x01]
        let notUTF8 =
            twice + delimited(field: 3, delimited(field: 1, delimited(field: 2, [0x0a, 0x01, 0xff])))
        for (frame, count) in [(plain, 0), (twice, 4_096 * 5 + 3), (notUTF8, 4_096 * 5 + 7)] {
            var fields = -1
            _ = frame.withUnsafeBytes { FrameToBroker.decode($0, fields: &fields) }
            #expect(fields == count)
        }
    }

    /// A group that nobody knows is stepped over by the generated code, with whatever comes after it.
    @Test func `fields cannot be hidden behind a group`() {
        let group: [UInt8] = [0x7b, 0x7c]
        let empties = [UInt8](repeating: 0, count: 500_000).flatMap { _ in [0x0a, 0x00] as [UInt8] }
        let frame = [0x08, 0x01] + group + delimited(field: 3, empties)
        #expect(Self.code(frame, as: .toBroker) == .malformedFrame)
    }

    private static func frame(_ place: Place, count: Int) -> [UInt8] {
        var content: [UInt8] = []
        for _ in 0..<count { content += place.field }
        for number in place.path.reversed() { content = delimited(field: number, content) }
        return [0x08, 0x01] + content
    }

    private static func code(_ frame: [UInt8], as kind: EnvelopeKind) -> ErrorCode? {
        switch kind {
        case .toBroker: frame.withUnsafeBytes { FrameToBroker.decode($0) }.refusal?.code
        case .fromBroker: decodeFromBroker(frame).refusal?.code
        case .toCoordinator: decodeToCoordinator(frame).refusal?.code
        }
    }
}

extension Result where Failure == Refusal {
    fileprivate var refusal: Refusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal
    }
}
