import Promises
import ProtoBytes
import Tickets

/// Hours of business ⇄ the message `Hours` of switchboard.proto. With them goes all that is known of their time zone,
/// so that a log means the same on a machine with other zone files.
enum HoursCoding {
    static func write(_ hours: BusinessHours, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        write(hours.zone, to: &writer)
        for intervals in hours.week {
            let day = writer.begin(2)
            write(intervals, 1, to: &writer)
            writer.end(day)
        }
        for exception in hours.exceptions {
            let day = writer.begin(3)
            writer.field(1, Int64(exception.day.number))
            write(exception.intervals, 2, to: &writer)
            writer.end(day)
        }
        writer.end(start)
    }

    private static func write(_ zone: ZoneOffsets, to writer: inout ProtoWriter) {
        let start = writer.begin(1)
        writer.field(1, zone.name)
        writer.field(2, zone.firstOffset)
        for change in zone.changes {
            let start = writer.begin(3)
            writer.field(1, change.at.milliseconds)
            writer.field(2, change.offset)
            writer.end(start)
        }
        writer.end(start)
    }

    static func write(
        _ intervals: [BusinessHours.Interval], _ number: UInt32, to writer: inout ProtoWriter
    ) {
        for interval in intervals {
            let start = writer.begin(number)
            writer.field(1, UInt64(interval.opens))
            writer.field(2, UInt64(interval.closes))
            writer.end(start)
        }
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws -> BusinessHours {
        var reader = ProtoReader(bytes)
        var (zone, week) = (ZoneOffsets.utc, [[BusinessHours.Interval]]())
        var exceptions: [BusinessHours.Exception] = []
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): zone = try self.zone(try reader.slice())
            case (2, .bytes): week.append(try intervals(try reader.slice(), 1).intervals)
            case (3, .bytes):
                let (day, intervals) = try intervals(try reader.slice(), 2)
                exceptions.append(BusinessHours.Exception(day: CivilDay(number: day), intervals: intervals))
            default: try reader.skip(key)
            }
        }
        guard week.count == Weekday.allCases.count else {
            throw SettingsFlaw("open", "a week has seven days, this one \(week.count)")
        }
        do {
            return try BusinessHours(zone: zone, exceptions: exceptions) { week[Int($0.rawValue) - 1] }
        } catch {
            throw SettingsFlaw("open", "the hours contradict themselves, or the desk never opens")
        }
    }

    private static func zone(_ bytes: UnsafeRawBufferPointer) throws -> ZoneOffsets {
        var reader = ProtoReader(bytes)
        var (name, firstOffset, changes) = ("", Int64(0), [ZoneOffsets.Change]())
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): name = try reader.text()
            case (2, .varint): firstOffset = Int64(bitPattern: try reader.varint())
            case (3, .bytes): changes.append(try change(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        let offsets = [firstOffset] + changes.map(\.offset)
        let isInOrder = zip(changes, changes.dropFirst()).allSatisfy {
            $0.at < $1.at && $1.at.milliseconds(since: $0.at) >= 2 * CivilDay.milliseconds
        }
        guard isInOrder, offsets.allSatisfy({ abs($0.clamped) <= CivilDay.milliseconds }) else {
            throw SettingsFlaw("zone", "the changes of its clock are out of order or too large")
        }
        return ZoneOffsets(name: name, firstOffset: firstOffset, changes: changes)
    }

    /// Moments of about the years 1900 to 2200: sums with them stay far from the ends of 64 bits.
    private static let moments: ClosedRange<Int64> = -2_208_988_800_000...7_258_118_400_000

    private static func change(_ bytes: UnsafeRawBufferPointer) throws -> ZoneOffsets.Change {
        var reader = ProtoReader(bytes)
        var change = ZoneOffsets.Change(at: .zero, offset: 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): change.at = Moment(milliseconds: Int64(bitPattern: try reader.varint()))
            case (2, .varint): change.offset = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard moments.contains(change.at.milliseconds) else {
            throw SettingsFlaw("zone", "its clock changes in a year that is none of ours")
        }
        return change
    }

    /// The intervals in a message's field of that number, and its first field, which some have as a day.
    private static func intervals(
        _ bytes: UnsafeRawBufferPointer, _ number: UInt32
    ) throws -> (day: Int, intervals: [BusinessHours.Interval]) {
        var reader = ProtoReader(bytes)
        var (day, intervals) = (Int64(0), [BusinessHours.Interval]())
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): day = Int64(bitPattern: try reader.varint())
            case (number, .bytes): intervals.append(try interval(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        guard (-200_000...200_000).contains(day) else { throw SettingsFlaw("holidays", "no such day") }
        return (Int(day), intervals)
    }

    static func interval(_ bytes: UnsafeRawBufferPointer) throws -> BusinessHours.Interval {
        var reader = ProtoReader(bytes)
        var (opens, closes) = (0, 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): opens = Int(clamping: try reader.varint())
            case (2, .varint): closes = Int(clamping: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let interval = BusinessHours.Interval(opens: opens, closes: closes) else {
            throw SettingsFlaw("open", "\(opens) to \(closes) minutes is no time of a day")
        }
        return interval
    }
}

extension Int64 {
    /// One that has a positive counterpart.
    fileprivate var clamped: Int64 { self == .min ? .min + 1 : self }
}
