package import ProtoBytes
package import Storage
package import Tickets
import Wire

/// The text of a ticket as it stands in a grant: bytes that need only be copied, so that what customers wrote is
/// encoded once, and a million of them are two arrays each.
package struct Conversation: Sendable {
    package var created: Moment
    /// Of `Ticket`: channel, customer, subject, kind, tags and fields.
    package private(set) var labels: [UInt8]
    /// Of `Grant`: the entries.
    package private(set) var entries: [UInt8]
    /// How many entries there are; they are numbered from 1 without gaps.
    package private(set) var entryCount: UInt32 = 0

    /// Bytes that are kept, to bound them.
    package var byteCount: Int { labels.count + entries.count + 128 }

    /// The writer is used and left empty, here and below: its memory serves the next one.
    package init(_ submission: Submission, author: Name, at moment: Moment, _ writer: inout ProtoWriter) {
        created = moment
        labels = Self.labels(
            submission.channel, submission.customer, submission.subject, submission.kind, submission.tags,
            submission.fields, &writer)
        entries = []
        append(.message, 1, submission.body, author: author, at: moment, &writer)
    }

    package init(_ row: TicketRow, _ rows: [EntryRow]) {
        var writer = ProtoWriter()
        created = row.created
        labels = Self.labels(
            row.channel, row.customer, row.subject, row.currentKind, row.currentTags, row.currentFields,
            &writer)
        entries = []
        for entry in rows {
            append(entry.kind, entry.number, entry.text, author: entry.author, at: entry.at, &writer)
        }
    }

    package mutating func append(
        _ kind: EntryKind, _ number: UInt32, _ text: String, author: Name, at moment: Moment,
        _ writer: inout ProtoWriter
    ) {
        let entry = writer.begin(4)
        writer.field(1, number)
        writer.field(2, UInt64(ProtoEntryKind(kind).rawValue))
        writer.field(3, author.text)
        writer.field(4, moment.milliseconds)
        writer.field(5, text)
        writer.end(entry)
        writer.withBytes { entries.append(contentsOf: $0) }
        entryCount += 1
        writer.removeAll()
    }

    /// The entries up to a number, as far as they fit in a frame: all, or the first, which is the request, and the
    /// newest. Later ones may belong to a turn that is not on disk yet, so nobody may see them.
    package func fittingEntries(through last: UInt32) -> [UInt8] {
        var room = wireFrameBytesMax * 3 / 4
        if entries.count <= room, entryCount <= last { return entries }
        let bounds = entryBounds.prefix(Int(last))
        guard let end = bounds.last?.upperBound, end > room else {
            return Array(entries[..<(bounds.last?.upperBound ?? 0)])
        }
        guard let first = bounds.first else { return [] }
        room -= first.count
        var start = end
        for entry in bounds.dropFirst().reversed() {
            room -= entry.count
            if room < 0 { break }
            start = entry.lowerBound
        }
        return Array(entries[first]) + entries[start..<end]
    }

    /// Where each entry stands among the bytes, which this type wrote itself.
    private var entryBounds: [Range<Int>] {
        var bounds: [Range<Int>] = []
        entries.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                var reader = ProtoReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
                do {
                    guard let key = try reader.next() else { return }
                    try reader.skip(key)
                } catch {
                    return
                }
                bounds.append(start..<start + reader.offset)
                start += reader.offset
            }
        }
        return bounds
    }

    private static func labels(
        _ channel: Name, _ customer: String, _ subject: String, _ kind: String?, _ tags: [String],
        _ fields: [Field], _ writer: inout ProtoWriter
    ) -> [UInt8] {
        writer.field(6, channel.text)
        writer.field(7, customer)
        writer.field(8, subject)
        writer.field(9, kind ?? "")
        for tag in tags { writer.fieldAlways(10, tag) }
        for field in fields {
            let message = writer.begin(11)
            writer.field(1, field.name)
            writer.field(2, field.value)
            writer.end(message)
        }
        defer { writer.removeAll() }
        return writer.bytes
    }
}
