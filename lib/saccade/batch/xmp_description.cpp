#include "saccade/batch/xmp_description.h"

#include <cctype>
#include <cstring>
#include <pugixml.hpp>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "saccade/io/unicode.h"

namespace saccade {

namespace {

using pugi::xml_node;

constexpr char kRdf[] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr char kDublinCore[] = "http://purl.org/dc/elements/1.1/";

constexpr char kNewDocument[] =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Saccade " SACCADE_VERSION
    "\">\n"
    " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "  <rdf:Description rdf:about=\"\"\n"
    "    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
    "    xmlns:saccade=\"urn:saccade:xmp/1.0/\">\n"
    "  </rdf:Description>\n"
    " </rdf:RDF>\n"
    "</x:xmpmeta>\n"
    "<?xpacket end=\"w\"?>\n";

/// The namespace that a prefix has at an element; empty if it has none.
std::string_view namespace_of(xml_node node, std::string_view prefix) {
  const std::string name = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
  for (; node; node = node.parent()) {
    if (const auto declared = node.attribute(name.c_str())) return declared.value();
  }
  return "";
}

/// Whether a qualified name, used at an element, is `local` of the namespace.
bool is_name(xml_node at, std::string_view qualified, std::string_view space,
             std::string_view local) {
  const std::size_t colon = qualified.find(':');
  const bool bare = colon == std::string_view::npos;
  return (bare ? qualified : qualified.substr(colon + 1)) == local &&
         namespace_of(at, bare ? "" : qualified.substr(0, colon)) == space;
}

bool is_element(xml_node node, std::string_view space, std::string_view local) {
  return node.type() == pugi::node_element && is_name(node, node.name(), space, local);
}

xml_node child_of(xml_node parent, std::string_view space, std::string_view local) {
  for (const xml_node child : parent.children()) {
    if (is_element(child, space, local)) return child;
  }
  return {};
}

/// An attribute has a namespace only by a prefix.
pugi::xml_attribute attribute_of(xml_node node, std::string_view space, std::string_view local) {
  for (const auto attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    if (name.find(':') != std::string_view::npos && is_name(node, name, space, local)) {
      return attribute;
    }
  }
  return {};
}

/// Whether an element may have a name with this prefix; pugixml also reads others.
bool is_prefix(const std::string& text) {
  const auto first = static_cast<unsigned char>(text.empty() ? '0' : text.front());
  return (std::isalpha(first) || first == '_' || first >= 0x80) &&
         text.find(':') == std::string::npos;
}

/// A prefix that stands for the namespace at an element; empty if there is none.
std::string prefix_at(xml_node at, std::string_view space) {
  for (xml_node node = at; node; node = node.parent()) {
    for (const auto attribute : node.attributes()) {
      const std::string_view name = attribute.name();
      if (name.rfind("xmlns:", 0) != 0 || attribute.value() != space) continue;
      const std::string prefix(name.substr(std::strlen("xmlns:")));
      // A prefix may be declared anew further in.
      if (is_prefix(prefix) && namespace_of(at, prefix) == space) return prefix;
    }
  }
  return "";
}

/// Names a new element, and declares its namespace where it is not.
void name_element(xml_node element, std::string_view space, const std::string& usual,
                  const std::string& local) {
  std::string prefix = prefix_at(element.parent(), space);
  if (prefix.empty()) {
    prefix = usual;
    element.append_attribute(("xmlns:" + usual).c_str()).set_value(std::string(space).c_str());
  }
  element.set_name((prefix + ":" + local).c_str());
}

xml_node add_element(xml_node parent, std::string_view space, const std::string& usual,
                     const std::string& local) {
  parent.append_child(pugi::node_pcdata).set_value("\n   ");
  xml_node element = parent.append_child(pugi::node_element);
  name_element(element, space, usual, local);
  return element;
}

void remove_attributes(xml_node node, std::string_view space, std::string_view local) {
  while (node.remove_attribute(attribute_of(node, space, local))) {
  }
}

/// Stops at an element that is nested too deeply: pugixml frees nodes recursively.
struct DepthCheck : pugi::xml_tree_walker {
  bool for_each(xml_node&) override { return depth() < 100; }
};

pugi::xml_document parse_xmp(const std::string& xmp) {
  pugi::xml_document document;
  const auto result =
      document.load_buffer(xmp.data(), xmp.size(), pugi::parse_full | pugi::parse_ws_pcdata);
  if (!result) {
    throw std::invalid_argument("it is not XMP: " + std::string(result.description()) +
                                " at byte " + std::to_string(result.offset));
  }
  if (result.encoding == pugi::encoding_utf8 &&
      (find_invalid_utf8(xmp) || xmp.find('\0') != std::string::npos)) {
    throw std::invalid_argument("it is not XMP: it is not valid UTF-8");
  }
  DepthCheck depth;
  if (!document.traverse(depth)) throw std::invalid_argument("it is nested too deeply");
  return document;
}

/// The element rdf:RDF, which x:xmpmeta contains, or which is the root itself.
xml_node rdf_of(const pugi::xml_document& document) {
  const xml_node root = document.document_element();
  const xml_node rdf = is_element(root, kRdf, "RDF") ? root : child_of(root, kRdf, "RDF");
  if (!rdf) throw std::invalid_argument("it is not XMP: it has no element rdf:RDF");
  return rdf;
}

/// The item of a language alternative that a reader takes by default.
xml_node default_item(xml_node property) {
  const xml_node list = child_of(property, kRdf, "Alt");
  for (const xml_node item : list.children()) {
    if (std::string_view(item.attribute("xml:lang").value()) == "x-default") return item;
  }
  return {};
}

/// The text of the description; `node` is an rdf:Description.
std::string description_in(xml_node node) {
  if (const auto simple = attribute_of(node, kDublinCore, "description")) return simple.value();
  const xml_node property = child_of(node, kDublinCore, "description");
  if (const xml_node item = default_item(property)) return item.text().get();
  for (const char* list : {"Alt", "Seq", "Bag"}) {
    for (const xml_node item : child_of(property, kRdf, list).children()) {
      if (*item.text().get() != '\0') return item.text().get();
    }
  }
  const std::string text = property.text().get();
  return text.find_first_not_of(" \t\r\n") == std::string::npos ? "" : text;
}

std::string note_in(xml_node node) {
  const auto attribute = attribute_of(node, kXmpNamespace, "Description");
  return attribute ? attribute.value() : child_of(node, kXmpNamespace, "Description").text().get();
}

std::string without_controls(const std::string& text) {
  std::string clean;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
    clean += control ? "\xEF\xBF\xBD" : std::string(1, c);
  }
  return clean;
}

void set_description(xml_node node, const std::string& text) {
  remove_attributes(node, kDublinCore, "description");
  xml_node property = child_of(node, kDublinCore, "description");
  if (!property) property = add_element(node, kDublinCore, "dc", "description");
  xml_node item = default_item(property);
  if (!item) {
    xml_node list = child_of(property, kRdf, "Alt");
    if (!list) {
      property.remove_children();
      remove_attributes(property, kRdf, "parseType");
      remove_attributes(property, kRdf, "resource");
      list = add_element(property, kRdf, "rdf", "Alt");
    }
    item = list.prepend_child(pugi::node_element);
    name_element(item, kRdf, "rdf", "li");
    item.append_attribute("xml:lang").set_value("x-default");
  }
  item.remove_children();
  item.append_child(pugi::node_pcdata).set_value(text.c_str());
}

void set_note(xml_node node, const std::string& text) {
  remove_attributes(node, kXmpNamespace, "Description");
  xml_node note = child_of(node, kXmpNamespace, "Description");
  if (!note) note = add_element(node, kXmpNamespace, "saccade", "Description");
  note.remove_children();
  note.append_child(pugi::node_pcdata).set_value(text.c_str());
}

}  // namespace

std::optional<ImageDescription> description_of_xmp(const std::string& xmp) {
  const pugi::xml_document document = parse_xmp(xmp);
  ImageDescription found;
  std::string note;
  for (const xml_node node : rdf_of(document).children()) {
    if (!is_element(node, kRdf, "Description")) continue;
    if (found.text.empty()) found.text = description_in(node);
    if (note.empty()) note = note_in(node);
  }
  if (found.text.empty()) return std::nullopt;
  found.by_saccade = found.text == note;
  return found;
}

std::string with_description(const std::string& xmp, const std::string& description) {
  pugi::xml_document document = parse_xmp(xmp.empty() ? kNewDocument : xmp);
  const xml_node rdf = rdf_of(document);
  const std::string text = without_controls(description);
  xml_node first, described, noted;
  for (const xml_node node : rdf.children()) {
    if (!is_element(node, kRdf, "Description")) continue;
    if (!first) first = node;
    if (!described && (attribute_of(node, kDublinCore, "description") ||
                       child_of(node, kDublinCore, "description"))) {
      described = node;
    }
    if (!noted && !note_in(node).empty()) noted = node;
  }
  if (!first) {
    first = add_element(rdf, kRdf, "rdf", "Description");
    const std::string prefix = prefix_at(first, kRdf);
    first.append_attribute((prefix.empty() ? "rdf:about" : prefix + ":about").c_str())
        .set_value("");
  }
  set_description(described ? described : first, text);
  set_note(noted ? noted : first, text);
  if (auto declaration = document.first_child(); declaration.type() == pugi::node_declaration) {
    declaration.attribute("encoding").set_value("UTF-8");
  }
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

}  // namespace saccade
