#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/batch/embedded_description.h"
#include "saccade/batch/sidecar.h"
#include "saccade/image/image.h"

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::write_file;
using ::testing::HasSubstr;

std::string output_of(const std::string& command) {
  std::string text;
  FILE* const pipe = ::popen(command.c_str(), "r");
  for (int c; pipe != nullptr && (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  if (pipe != nullptr) ::pclose(pipe);
  return text;
}

/// What exiftool says of an image.
nlohmann::json exiftool(const fs::path& image) {
  return nlohmann::json::parse(output_of("exiftool -j -G1 -struct '" + image.string() + "'")).at(0);
}

/// Lets exiftool write, with its options.
void change(const fs::path& image, const std::string& options) {
  ASSERT_EQ(output_of("exiftool -q -overwrite_original " + options + " '" + image.string() + "'"),
            "");
}

/// A picture in which every pixel differs from its neighbours.
cv::Mat picture(int offset = 0) {
  cv::Mat pixels(48, 64, CV_8UC3);
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      pixels.at<cv::Vec3b>(y, x) = {std::uint8_t(5 * x + offset), std::uint8_t(7 * y),
                                    std::uint8_t(3 * (x ^ y))};
    }
  }
  return pixels;
}

class EmbeddedDescription : public ::testing::Test {
 protected:
  fs::path image(const std::string& name) const {
    cv::imwrite(folder_ / name, picture());
    return folder_ / name;
  }
  /// Whether the image is refused and stays as it is.
  static ::testing::AssertionResult refuses(const fs::path& image) {
    const std::string before = read_file(image);
    try {
      embed_description(image, "a dog");
    } catch (const std::invalid_argument&) {
      return before == read_file(image) ? ::testing::AssertionSuccess()
                                        : ::testing::AssertionFailure() << "the file has changed";
    }
    return ::testing::AssertionFailure() << "it was accepted";
  }

  const test::TemporaryFolder folder_;
};

TEST_F(EmbeddedDescription, IsFoundByExiftoolAndLeavesThePixels) {
  const std::string text = "a dog é & <cat>";
  for (const char* name : {"a.jpg", "a.png", "a.webp", "a.tif", "a.jp2"}) {
    const fs::path file = image(name);
    const Image before = load_image(file);
    embed_description(file, text);
    const Image after = load_image(file);
    EXPECT_EQ(after.rgb, before.rgb) << name;
    EXPECT_EQ(after.warning, "") << name;
    const nlohmann::json found = exiftool(file);
    EXPECT_EQ(found.at("XMP-dc:Description"), text) << name;
    EXPECT_EQ(found.at("IFD0:ImageDescription"), text) << name;
    if (std::string(name) != "a.webp") {
      EXPECT_EQ(found.at("IPTC:Caption-Abstract"), text) << name;
    }
    EXPECT_FALSE(found.contains("ExifTool:Warning")) << found;
    const auto description = embedded_description(file);
    ASSERT_TRUE(description) << name;
    EXPECT_EQ(description->text, text);
    EXPECT_TRUE(description->by_saccade) << name;
  }
}

TEST_F(EmbeddedDescription, LeavesTheCompressedDataOfAJpeg) {
  const fs::path file = image("a.jpg");
  const std::string before = read_file(file);
  embed_description(file, "a dog");
  const std::string after = read_file(file);
  const std::string quantization = "\xFF\xDB";  // where the tables begin, after the metadata
  EXPECT_EQ(after.substr(after.rfind("\xFF\xDA")), before.substr(before.rfind("\xFF\xDA")));
  EXPECT_THAT(after, ::testing::EndsWith(before.substr(before.find(quantization))));
}

TEST_F(EmbeddedDescription, LeavesEveryPageOfATiff) {
  const fs::path file = folder_ / "pages.tif";
  cv::imwritemulti(file, std::vector<cv::Mat>{picture(), picture(100)});
  LoadOptions second;
  second.frame = 2;
  const Image before = load_image(file, second);
  embed_description(file, "a dog");
  EXPECT_EQ(load_image(file, second).rgb, before.rgb);
  EXPECT_NE(load_image(file).rgb, before.rgb);
}

TEST_F(EmbeddedDescription, LeavesOtherMetadata) {
  for (const char* name : {"a.jpg", "a.png", "a.webp", "a.tif"}) {
    const fs::path file = image(name);
    change(file, "-XMP:Rating=4 -EXIF:Artist=Ada -XMP-dc:Description-de=Hund -IPTC:Keywords=tree");
    const nlohmann::json before = exiftool(file);
    embed_description(file, "a dog");
    const nlohmann::json after = exiftool(file);
    EXPECT_EQ(after.at("XMP-xmp:Rating"), 4) << name;
    EXPECT_EQ(after.at("IFD0:Artist"), "Ada") << name;
    EXPECT_EQ(after.at("XMP-dc:Description-de"), "Hund") << name;
    EXPECT_EQ(after.value("IPTC:Keywords", ""), before.value("IPTC:Keywords", "")) << name;
  }
}

TEST_F(EmbeddedDescription, IsOfOthersOnceItIsChangedInAnyPlace) {
  for (const char* tag : {"XMP-dc:Description", "IPTC:Caption-Abstract", "EXIF:ImageDescription"}) {
    const fs::path file = image("a.jpg");
    EXPECT_FALSE(embedded_description(file));
    embed_description(file, "a dog");
    EXPECT_TRUE(embedded_description(file)->by_saccade);
    change(file, std::string("-") + tag + "=mine");
    EXPECT_FALSE(embedded_description(file)->by_saccade) << tag;
    const fs::path other = image("b.jpg");
    change(other, std::string("-") + tag + "=mine");
    EXPECT_EQ(embedded_description(other)->text, "mine");
    EXPECT_FALSE(embedded_description(other)->by_saccade) << tag;
  }
}

TEST_F(EmbeddedDescription, KeepsIptcInAnOldCharacterSet) {
  const fs::path file = image("a.jpg");
  change(file, "-charset iptc=latin -IPTC:City=Zürich");
  embed_description(file, "a dog é");
  EXPECT_EQ(exiftool(file).at("XMP-dc:Description"), "a dog é");
  EXPECT_FALSE(exiftool(file).contains("IPTC:Caption-Abstract"));
  EXPECT_EQ(nlohmann::json::parse(
                output_of("exiftool -j -charset iptc=latin -City '" + file.string() + "'"))[0]
                .at("City"),
            "Zürich");
}

TEST_F(EmbeddedDescription, KeepsModeAndLinks) {
  const fs::path file = image("a.jpg");
  fs::permissions(file, fs::perms::owner_all);
  fs::create_symlink("a.jpg", folder_ / "link.jpg");
  embed_description(folder_ / "link.jpg", "a dog");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.jpg"));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(embedded_description(file)->by_saccade);
}

TEST_F(EmbeddedDescription, IsRefusedWhereItCannotBe) {
  EXPECT_TRUE(refuses(image("a.bmp")));
  EXPECT_TRUE(refuses(image("a.ppm")));
  const fs::path read_only = image("b.jpg");
  fs::permissions(read_only, fs::perms::owner_read);
  EXPECT_TRUE(refuses(read_only));
  const fs::path linked = image("c.jpg");
  fs::create_hard_link(linked, folder_ / "d.jpg");
  EXPECT_TRUE(refuses(linked));
  const fs::path damaged = image("e.jpg");
  write_file(damaged, read_file(damaged).substr(0, 30));
  EXPECT_TRUE(refuses(damaged));
  fs::create_directory(folder_ / "f.jpg");
  EXPECT_THROW(require_embeddable(folder_ / "f.jpg"), std::invalid_argument);
}

TEST_F(EmbeddedDescription, IsKeptLikeThatOfAFileBesideTheImage) {
  const std::string row = R"({"image":"x","caption":"a dog","log_prob":-1.5,"confidence":null})";
  const std::vector<std::string> inputs{image("a.jpg"), image("b.jpg"), image("c.bmp")};
  change(inputs[1], "-XMP-dc:Description=mine");
  SidecarOptions options;
  options.kind = SidecarKind::image;
  options.source = folder_.path();
  const Sidecars sidecars(options, inputs);
  EXPECT_FALSE(sidecars.has_caption(0));
  sidecars.write(0, row);
  EXPECT_TRUE(sidecars.has_caption(0));
  EXPECT_FALSE(sidecars.keeps_caption(0));
  EXPECT_TRUE(sidecars.keeps_caption(1));
  sidecars.write(1, row);
  EXPECT_EQ(embedded_description(inputs[1])->text, "mine");
  EXPECT_THROW(sidecars.require_writable(inputs[2]), SidecarError);
  options.overwrite = true;
  Sidecars(options, inputs).write(1, row);
  EXPECT_EQ(embedded_description(inputs[1])->text, "a dog");
}

}  // namespace
}  // namespace saccade
