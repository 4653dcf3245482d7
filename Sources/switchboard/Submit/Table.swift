import Client
import Foundation
import Tickets

/// Requests from a CSV file: a heading line, and columns found by their names.
struct Table {
    /// Which column is which part of a request: `subject` ↦ `Betreff`.
    var columns: [String: String] = [:]
    /// Values for parts without a column.
    var defaults: [String: String] = [:]

    static let parts = ["channel", "customer", "subject", "body", "kind", "priority", "tags", "id"]

    /// Reads words like `subject=Betreff` and `field.order=Bestellnummer`.
    ///
    /// - Throws: ``Failure`` when one is no such word.
    init(map: [String], defaults: [String: String]) throws {
        self.defaults = defaults
        for word in map {
            guard let equals = word.firstIndex(of: "=") else {
                throw Failure(.usage, "`--map \(word)` is no pair: write it like subject=Betreff")
            }
            let part = String(word[..<equals])
            guard Self.parts.contains(part) || (part.hasPrefix("field.") && part.utf8.count > 6) else {
                throw Failure(
                    .usage,
                    "`--map \(word)`: a request has \(Self.parts.joined(separator: ", ")) and field.NAME")
            }
            columns[part] = String(word[word.index(after: equals)...])
        }
    }

    /// The commands of the rows, with the line where each begins.
    func rows(_ path: String) throws -> [(line: Int, result: Result<Command, LineRefusal>)] {
        let table = try CSVText(path: path)
        let places = try places(table.heading, path)
        return table.rows.map { row in
            do throws(LineRefusal) {
                if let misfit = table.misfit(row) { throw LineRefusal(misfit) }
                return (row.line, .success(try request(row.values, places).command()))
            } catch {
                return (row.line, .failure(error))
            }
        }
    }

    private func places(_ header: [String], _ path: String) throws -> [String: Int] {
        var places: [String: Int] = [:]
        for part in Self.parts { places[part] = header.firstIndex(of: part) }
        for (part, column) in columns {
            guard let place = header.firstIndex(of: column) else {
                throw Failure(
                    .usage, "\(path) has no column `\(column)`; it has \(header.joined(separator: ", "))")
            }
            places[part] = place
        }
        for part in ["channel", "customer", "subject", "body"]
        where places[part] == nil && defaults[part] == nil {
            throw Failure(
                .usage,
                "\(path) has no column `\(part)`: name it with --map \(part)=COLUMN, or give --\(part); "
                    + "it has \(header.joined(separator: ", "))")
        }
        for place in places.values where header.count(where: { $0 == header[place] }) > 1 {
            throw Failure(
                .usage, "\(path) has more than one column `\(header[place])`: give each a name of its own")
        }
        return places
    }

    private func request(_ row: [String], _ places: [String: Int]) -> RequestLine {
        func value(_ part: String) -> String? {
            guard let place = places[part], place < row.count, !row[place].isEmpty else {
                return defaults[part]
            }
            return row[place]
        }
        var request = RequestLine(
            channel: value("channel") ?? "", customer: value("customer") ?? "",
            subject: value("subject") ?? "",
            body: value("body") ?? "")
        (request.kind, request.priority, request.id) = (value("kind"), value("priority"), value("id"))
        request.tags = value("tags")?.split(whereSeparator: { $0 == ";" || $0 == "," || $0 == " " }).map(
            String.init)
        let named = places.filter {
            $0.key.hasPrefix("field.") && $0.value < row.count && !row[$0.value].isEmpty
        }
        request.fields = RequestLine.FieldList(
            fields: named.sorted { $0.key < $1.key }.map {
                Field(name: String($0.key.dropFirst(6)), value: row[$0.value])
            })
        return request
    }
}
